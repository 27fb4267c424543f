using System.Net.Sockets;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace ModelEvents.Publishing;

/// <summary>Says what an exception of MassTransit or RabbitMQ.Client means for the event that met it.</summary>
internal static class SendFailure
{
    // Class ids and reply codes of AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 1.2 and 1.3).
    private const ushort ExchangeClass = 40;
    private const ushort AccessRefused = 403;
    private const ushort NotFound = 404;
    private const ushort PreconditionFailed = 406;
    private const ushort FrameError = 501;
    private const ushort SyntaxError = 502;

    public static PublishOutcome ToOutcome(Exception exception, Exchange exchange) => exception switch
    {
        PublishException => new PublishOutcome(
            PublishStatus.Refused, "RabbitMQ refused the event (basic.nack). See whether a bound queue is full."),
        OperationInterruptedException { ShutdownReason: { } reason } => FromShutdown(reason, exchange),
        _ when SaysNothingOfTheEvent(exception) => Unavailable(
            $"The broker cannot be reached or went away: {exception.GetBaseException().Message}"),
        _ => new PublishOutcome(
            PublishStatus.Refused, $"The event could not be sent: {exception.GetType().Name}: {exception.Message}"),
    };

    /// <summary>Whether the channel was closed since the exchange is missing.</summary>
    public static bool IsMissing(ShutdownEventArgs reason) =>
        reason is { ReplyCode: NotFound, Initiator: ShutdownInitiator.Peer };

    /// <summary>Whether the channel was closed because of another exchange than this one.</summary>
    public static bool IsOfAnotherExchange(ShutdownEventArgs reason, Exchange exchange)
    {
        const string Marker = "exchange '";
        var named = reason.ReplyText.IndexOf(Marker, StringComparison.Ordinal);
        if (named < 0 || reason.Initiator is not ShutdownInitiator.Peer
            || reason.ReplyCode is not (AccessRefused or NotFound or PreconditionFailed))
            return false;

        // AMQP cuts the text at 255 bytes, perhaps inside the name.
        var name = reason.ReplyText.AsSpan(named + Marker.Length);
        return !name.StartsWith($"{exchange.Name}'", StringComparison.Ordinal)
            && !exchange.Name.AsSpan().StartsWith(name, StringComparison.Ordinal);
    }

    /// <summary>What ended a run before its events could be sent; what is refused then is the exchange's address.</summary>
    public static PublishOutcome OfRun(Exception exception, Exchange exchange)
    {
        var outcome = ToOutcome(exception, exchange);
        return outcome.Status is PublishStatus.Refused ? outcome with { Status = PublishStatus.NoExchange } : outcome;
    }

    public static PublishOutcome Unavailable(string error) => new(PublishStatus.Unavailable, error);

    private static PublishOutcome NoExchange(string error) => new(PublishStatus.NoExchange, error);

    private static PublishOutcome FromShutdown(ShutdownEventArgs reason, Exchange exchange) => reason.ReplyCode switch
    {
        NotFound when exchange.IsDeclared => Unavailable(
            $"Exchange '{exchange.Name}' was deleted and will be declared again. RabbitMQ says: {reason.ReplyText}"),
        NotFound => NoExchange(
            $"Exchange '{exchange.Name}' does not exist. Declare it, or set Broker:Topology to Declare. "
            + $"RabbitMQ says: {reason.ReplyText}"),
        PreconditionFailed when reason.ClassId is ExchangeClass =>
            NoExchange(ExchangeRefusal.OfProperties(exchange.Name, reason.ReplyText)),
        PreconditionFailed or FrameError or SyntaxError when reason.Initiator is ShutdownInitiator.Peer =>
            new PublishOutcome(
                PublishStatus.Refused,
                $"RabbitMQ refused this event or one that was sent at the same time: {reason.ReplyText}"),
        AccessRefused => NoExchange(ExchangeRefusal.OfAccess(exchange.Name, reason.ReplyText)),
        _ => Unavailable($"The broker went away: {reason.ReplyText}"),
    };

    private static bool SaysNothingOfTheEvent(Exception exception) => exception is
        ConnectionException or TransportException or TransportUnavailableException or RabbitMQClientException
        or OperationCanceledException or TimeoutException or IOException or SocketException or ObjectDisposedException;
}
