using Microsoft.Extensions.Logging;

namespace ModelEvents.Outbox;

/// <summary>Every message this project logs. In this namespace because projects that see each other have one each.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning,
        "Outbox '{Outbox}' is not told of new events by other processes at the moment and finds them by polling. " +
        "Listening again until it works.")]
    public static partial void NotListening(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(3001, LogLevel.Information, "Outbox '{Outbox}' is told of new events by other processes again.")]
    public static partial void ListeningAgain(ILogger logger, string outbox);
}
