using Microsoft.Extensions.Logging;

namespace ModelEvents.Capture;

/// <summary>All log messages of this package. Event ids from 2000.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning,
        "{Write} changed '{Model}' without an event: the change tracker does not see it. Change instances and call "
        + "SaveChanges, or set the model's 'UncapturedWrites' to 'Ignore' or 'Throw'. Told once per model and kind of write.")]
    public static partial void UncapturedWrite(ILogger logger, string write, string model);

    [LoggerMessage(2001, LogLevel.Warning,
        "When '{Principal}' is deleted the database itself {Effect} '{Dependent}' ({Columns}): instances that are not loaded "
        + "then change without an event. Load them before the delete, or use a client-side delete behavior.")]
    public static partial void DatabaseCascade(
        ILogger logger, string principal, string effect, string dependent, string columns);
}
