using Microsoft.Extensions.Logging;

namespace ModelEvents.Publishing;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Publishing to exchange {Exchange} on {Broker}")]
    public static partial void Publishing(ILogger logger, string exchange, string broker);

    [LoggerMessage(4001, LogLevel.Warning,
        "RabbitMQ closed the channel because of an event on exchange {Exchange}; those in flight are reported as refused: {Reason}")]
    public static partial void ChannelClosed(ILogger logger, string exchange, string reason);

    [LoggerMessage(4002, LogLevel.Warning,
        "MassTransit has lost its connection to {Broker} and makes no other; another bus takes the place of this one")]
    public static partial void BusReplaced(ILogger logger, string broker);
}
