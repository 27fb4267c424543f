using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// RabbitMQ.Client's socket, to which it can always write (<see cref="QueuedStream"/>). Where it cannot, because the broker
/// takes nothing, and the connection is lost then, the client goes on waiting for ever and tells nobody of the loss: MassTransit
/// makes no other connection (https://github.com/rabbitmq/rabbitmq-dotnet-client/issues/1930).
/// </summary>
internal sealed class QueuedSocket(Socket socket, SocketWatch watch) : TcpClientAdapter(socket)
{
    private readonly Socket _socket = socket;

    /// <summary>Lets <paramref name="factory"/> connect by such sockets, which <paramref name="watch"/> hears of.</summary>
    public static Task UseAsync(ConnectionFactory factory, SocketWatch watch)
    {
        factory.SocketFactory = family =>
            new QueuedSocket(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, watch);
        return Task.CompletedTask;
    }

    public override async Task ConnectAsync(IPAddress ep, int port, CancellationToken cancellationToken = default)
    {
        watch.Opening(_socket);
        try
        {
            await base.ConnectAsync(ep, port, cancellationToken).ConfigureAwait(false);
            watch.Opened(_socket);
        }
        catch (Exception exception)
        {
            watch.Fail(_socket, exception);
            throw;
        }
    }

    public override NetworkStream GetStream() => new QueuedStream(Client, Lost);

    public override void Close()
    {
        Lost();
        base.Close();
    }

    private void Lost() => watch.Lost(_socket);
}
