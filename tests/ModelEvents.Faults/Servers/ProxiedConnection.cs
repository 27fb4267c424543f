using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Faults.Servers;

/// <summary>One connection of a client, and the one to the server that belongs to it.</summary>
internal sealed class ProxiedConnection(Socket client, PathGate toServer, PathGate fromServer) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly CancellationTokenSource _end = new();
    private Socket? _server;

    public async Task RunAsync(IReadOnlyList<int> targets, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
        try
        {
            await toServer.PassAsync(end.Token);
            _server = await ConnectAsync(targets, end.Token);
            if (_server is not null)
            {
                client.NoDelay = true;
                await Task.WhenAll(
                    PumpAsync(client, _server, toServer, end.Token), PumpAsync(_server, client, fromServer, end.Token));
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // Cut, or the proxy ends.
        }

        Reset();
    }

    /// <summary>Resets both sides.</summary>
    public void Abort()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server?.Dispose();
        _end.Dispose();
    }

    private void Reset()
    {
        client.Close(0);
        _server?.Close(0);
    }

    private static async Task<Socket?> ConnectAsync(IReadOnlyList<int> targets, CancellationToken cancellationToken)
    {
        foreach (var port in targets)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }

        return null;
    }

    private async Task PumpAsync(Socket from, Socket to, PathGate gate, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        try
        {
            int read;
            do
            {
                read = await from.ReceiveAsync(buffer, cancellationToken);
                await gate.PassAsync(cancellationToken);
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
            }
            while (read > 0);

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await gate.PassAsync(cancellationToken);
            Abort();
        }
    }
}
