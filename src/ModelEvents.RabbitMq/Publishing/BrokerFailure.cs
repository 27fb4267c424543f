using System.Net.Sockets;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Publishing;

/// <summary>Says what a failure of RabbitMQ or its client means for the events that met it.</summary>
internal static class BrokerFailure
{
    // Class ids and reply codes of AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 1.2 and 1.3).
    private const ushort ExchangeClass = 40;
    private const ushort AccessRefused = 403;
    private const ushort NotFound = 404;
    private const ushort PreconditionFailed = 406;
    private const ushort FrameError = 501;
    private const ushort SyntaxError = 502;

    public static PublishOutcome Nacked { get; } = new(
        PublishStatus.Refused, "RabbitMQ refused the event (basic.nack). See whether a bound queue is full.");

    public static PublishOutcome Unavailable(string error) => new(PublishStatus.Unavailable, error);

    public static PublishOutcome Unavailable(Exception exception) =>
        Unavailable($"The broker cannot be reached or went away: {exception.GetBaseException().Message}");

    public static PublishOutcome Silence(string broker) => Unavailable(
        $"The broker at '{broker}' confirmed nothing for {PublishContext.Patience.TotalSeconds:0.#} s. See whether a memory "
        + "or disk alarm blocks its publishers.");

    public static PublishOutcome Unsendable(Exception exception) => new(
        PublishStatus.Refused, $"The event could not be sent: {exception.GetType().Name}: {exception.Message}");

    /// <summary>Whether the channel was closed since its exchange is missing.</summary>
    public static bool IsMissing(ShutdownEventArgs reason) =>
        reason is { ReplyCode: NotFound, Initiator: ShutdownInitiator.Peer };

    /// <summary>What a closed channel or connection means for what was in flight or is still to be sent.</summary>
    public static PublishOutcome OfShutdown(ShutdownEventArgs reason, string exchange, bool isDeclared) =>
        reason.ReplyCode switch
        {
            NotFound when isDeclared => Unavailable(
                $"Exchange '{exchange}' was deleted and will be declared again. RabbitMQ says: {reason.ReplyText}"),
            NotFound => NoExchange(
                $"Exchange '{exchange}' does not exist. Declare it, or set Broker:Topology to Declare. "
                + $"RabbitMQ says: {reason.ReplyText}"),
            PreconditionFailed when reason.ClassId is ExchangeClass =>
                NoExchange(ExchangeRefusal.OfProperties(exchange, reason.ReplyText)),
            PreconditionFailed or FrameError or SyntaxError when reason.Initiator is ShutdownInitiator.Peer =>
                new PublishOutcome(
                    PublishStatus.Refused,
                    $"RabbitMQ refused this event or one that was sent at the same time: {reason.ReplyText}"),
            AccessRefused => NoExchange(ExchangeRefusal.OfAccess(exchange, reason.ReplyText)),
            _ => Unavailable($"The broker went away: {reason.ReplyText}"),
        };

    public static bool SaysNothingOfTheEvent(Exception exception) => exception is
        RabbitMQClientException or ChannelClosedException or OperationCanceledException or TimeoutException or IOException
        or SocketException or ObjectDisposedException;

    private static PublishOutcome NoExchange(string error) => new(PublishStatus.NoExchange, error);
}
