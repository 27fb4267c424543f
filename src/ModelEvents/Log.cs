using Microsoft.Extensions.Logging;

namespace ModelEvents;

/// <summary>Every message this project logs. The model list has the event ids 1000 to 1019.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information,
        "The model list is in force: {Count} models, added {Added}, removed {Removed}")]
    public static partial void ModelListInForce(ILogger logger, int count, string added, string removed);

    [LoggerMessage(1001, LogLevel.Warning, "A model is configured in two places: {Conflict}; the first is in force")]
    public static partial void EntriesDiffer(ILogger logger, string conflict);

    [LoggerMessage(1002, LogLevel.Error,
        "The changed configuration has mistakes, so the model list stays as it was: {Mistakes}")]
    public static partial void ReloadRefused(ILogger logger, string mistakes);

    [LoggerMessage(1003, LogLevel.Error,
        "The changed configuration could not be read, so the model list stays as it was")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);
}
