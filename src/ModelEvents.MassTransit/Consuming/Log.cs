using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ModelEvents.Consuming;

internal static partial class Log
{
    /// <summary>Where a receive endpoint logs: there is none of the container where it is configured, but MassTransit has.</summary>
    public static ILogger Logger => LogContext.Current?.CreateLogContext("ModelEvents.Consuming").Logger ?? NullLogger.Instance;

    [LoggerMessage(4100, LogLevel.Warning,
        "The exchange {Exchange} was deleted, and its bindings with it. The queue {Queue} is bound to it again; events that were "
        + "published in between are possibly lost to it")]
    public static partial void BoundAgain(ILogger logger, string exchange, string queue);

    [LoggerMessage(4101, LogLevel.Debug, "The queue {Queue} could not be bound again, and is at the next look")]
    public static partial void NotBound(ILogger logger, Exception exception, string queue);

    [LoggerMessage(4102, LogLevel.Warning,
        "The broker does not let the queue {Queue} be bound again to {Exchange}. If its bindings are deleted, events do not reach it. "
        + "Give the user the rights, or declare the exchange as the broker has it; it is tried again until it works. {Reason}")]
    public static partial void BindingRefused(ILogger logger, string queue, string exchange, string reason);

    [LoggerMessage(4103, LogLevel.Warning,
        "All of the {Room} messages that the queue {Queue} hands over at a time are in hand, and half or more are of one key, '{Key}' "
        + "of '{Model}', and wait for the first of them: events of other keys wait too. Let its handler fail or end sooner, or "
        + "raise the endpoint's PrefetchCount")]
    public static partial void Crowded(ILogger logger, int room, string queue, string key, string model);

    [LoggerMessage(4104, LogLevel.Warning,
        "Nobody has subscribed to the event '{Name}' of '{Service}' that came to the queue {Queue}, which still has or already has a "
        + "binding for it: it is moved to {Queue}_skipped. If it is not wanted any more, add its name, or '#', to 'Ignore'")]
    public static partial void Unwanted(ILogger logger, string name, string service, string queue);
}
