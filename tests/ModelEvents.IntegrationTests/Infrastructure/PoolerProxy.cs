using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// Stands between a client and PostgreSQL, and makes up the session's process id, as poolers such as PgBouncer do, whose
/// sessions are not those of the server.
/// </summary>
internal sealed class PoolerProxy : IAsyncDisposable
{
    // BackendKeyData: https://www.postgresql.org/docs/current/protocol-message-formats.html
    private static readonly byte[] KeyData = [(byte)'K', 0, 0, 0, 12];

    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PoolerProxy(string target)
    {
        _target = new NpgsqlConnectionStringBuilder(target);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The server's address through this proxy.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString)
    {
        Host = $"{IPAddress.Loopback}",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            using (client)
            {
                await server.ConnectAsync(_target.Host!, _target.Port, _stop.Token);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream(), _stop.Token),
                    AnswerAsync(server.GetStream(), client.GetStream()));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of them has ended.
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65536];
        var isTold = false;
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (!isTold && buffer.AsSpan(0, read).IndexOf(KeyData) is >= 0 and var start)
            {
                buffer[start + KeyData.Length] ^= 0x55;
                isTold = true;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
