using System.Net.Sockets;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// RabbitMQ.Client's socket, to which it can always write (<see cref="QueuedStream"/>). Where it cannot, because the broker
/// takes nothing, and the connection is lost then, the client goes on waiting for ever and tells nobody of the loss: MassTransit
/// makes no other connection (https://github.com/rabbitmq/rabbitmq-dotnet-client/issues/1930).
/// </summary>
internal sealed class QueuedSocket(Socket socket) : TcpClientAdapter(socket)
{
    /// <summary>Lets <paramref name="factory"/> connect by such sockets.</summary>
    public static Task UseAsync(ConnectionFactory factory)
    {
        factory.SocketFactory = family =>
            new QueuedSocket(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        return Task.CompletedTask;
    }

    public override NetworkStream GetStream() => new QueuedStream(Client);
}
