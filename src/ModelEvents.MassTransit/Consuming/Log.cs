using Microsoft.Extensions.Logging;

namespace ModelEvents.Consuming;

internal static partial class Log
{
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
}
