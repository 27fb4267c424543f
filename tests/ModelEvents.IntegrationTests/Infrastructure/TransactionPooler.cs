using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// Stands between clients and one database, and gives a client a session of the server for each transaction only, as PgBouncer
/// does in transaction mode. https://www.postgresql.org/docs/current/protocol-message-formats.html
/// </summary>
internal sealed class TransactionPooler : IAsyncDisposable
{
    private const int EncryptionRequests = 80877103;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentStack<NetworkStream> _idle = new();
    private readonly ConcurrentBag<TcpClient> _sessions = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;

    public TransactionPooler(string target)
    {
        _target = new NpgsqlConnectionStringBuilder(target);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The database through this pooler.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString)
    {
        Host = $"{IPAddress.Loopback}",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
        NoResetOnClose = true,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var session in _sessions)
            session.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient tcp)
    {
        using var closing = tcp;
        var client = tcp.GetStream();
        try
        {
            await ReadStartAsync(client);
            await GreetAsync(client);
            while (true)
                await TransactAsync(client);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has left.
        }
    }

    private async Task ReadStartAsync(NetworkStream client)
    {
        while (true)
        {
            var start = await ReadAsync(client, 8);
            var code = BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(4));
            await ReadAsync(client, BinaryPrimitives.ReadInt32BigEndian(start) - 8);
            if (code is not (EncryptionRequests or EncryptionRequests + 1))
                return;

            await client.WriteAsync("N"u8.ToArray(), _stop.Token);
        }
    }

    /// <summary>What a session says first, with a process id that is none.</summary>
    private async Task GreetAsync(NetworkStream client)
    {
        var (server, greeting) = await OpenAsync();
        _idle.Push(server);
        var key = greeting.AsSpan().IndexOf("K\0\0\0\f"u8);
        greeting[key + 5] ^= 0x55;
        await client.WriteAsync(greeting, _stop.Token);
    }

    /// <summary>A session for what the client sends, until its transaction is over.</summary>
    private async Task TransactAsync(NetworkStream client)
    {
        var request = await ReadRequestAsync(client);
        if (!_idle.TryPop(out var server))
            server = (await OpenAsync()).Server;
        while (true)
        {
            await server.WriteAsync(request, _stop.Token);
            if (await AnswerAsync(server, client) == 'I')
                break;

            request = await ReadRequestAsync(client);
        }

        _idle.Push(server);
    }

    /// <summary>All messages up to one that the server answers with its readiness.</summary>
    private async Task<byte[]> ReadRequestAsync(NetworkStream client)
    {
        using var request = new MemoryStream();
        char type;
        do
        {
            (type, var message) = await ReadMessageAsync(client);
            if (type == 'X')
                throw new IOException("It says goodbye.");

            request.Write(message);
        }
        while (type is not ('Q' or 'S'));

        return request.ToArray();
    }

    private async Task<char> AnswerAsync(NetworkStream server, NetworkStream client)
    {
        while (true)
        {
            var (type, message) = await ReadMessageAsync(server);
            await client.WriteAsync(message, _stop.Token);
            if (type == 'Z')
                return (char)message[^1];
        }
    }

    private async Task<(NetworkStream Server, byte[] Greeting)> OpenAsync()
    {
        var tcp = new TcpClient();
        _sessions.Add(tcp);
        await tcp.ConnectAsync(_target.Host!, _target.Port, _stop.Token);
        var server = tcp.GetStream();
        var settings = Encoding.UTF8.GetBytes(
            $"user\0{_target.Username}\0database\0{_target.Database}\0client_encoding\0UTF8\0\0");
        var start = new byte[8 + settings.Length];
        BinaryPrimitives.WriteInt32BigEndian(start, start.Length);
        BinaryPrimitives.WriteInt32BigEndian(start.AsSpan(4), 3 << 16);
        settings.CopyTo(start, 8);
        await server.WriteAsync(start, _stop.Token);

        using var greeting = new MemoryStream();
        char type;
        do
        {
            (type, var message) = await ReadMessageAsync(server);
            greeting.Write(message);
        }
        while (type != 'Z');

        return (server, greeting.ToArray());
    }

    private async Task<(char Type, byte[] Message)> ReadMessageAsync(NetworkStream from)
    {
        var head = await ReadAsync(from, 5);
        var rest = await ReadAsync(from, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4);
        return ((char)head[0], [.. head, .. rest]);
    }

    private async Task<byte[]> ReadAsync(NetworkStream from, int length)
    {
        var bytes = new byte[length];
        await from.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
