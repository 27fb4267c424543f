using Microsoft.Extensions.Logging;

namespace ModelEvents.Publishing;

internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Publishing to exchange {Exchange} on {Broker}")]
    public static partial void Publishing(ILogger logger, string exchange, string broker);

    [LoggerMessage(5001, LogLevel.Information,
        "RabbitMQ closed the channel because of one of {Count} events in flight to exchange {Exchange}: {Reason}")]
    public static partial void ChannelClosed(ILogger logger, int count, string exchange, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "The broker {Broker} blocks its publishers: {Reason}")]
    public static partial void Blocked(ILogger logger, string broker, string reason);

    [LoggerMessage(5003, LogLevel.Information, "The broker {Broker} blocks its publishers no more")]
    public static partial void Unblocked(ILogger logger, string broker);
}
