using Microsoft.Extensions.Logging;

namespace ModelEvents;

/// <summary>
/// Every message this project logs, never with a body or a credential. The model list has the event ids 1000 to 1019,
/// the dispatcher 1100 to 1129, the outbox in memory 1200 to 1209, receivers 1300, handlers 1400.
/// </summary>
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

    [LoggerMessage(1004, LogLevel.Warning,
        "The changed configuration says 'Capture: {Source}' for '{Model}', which is captured with '{Kept}' until this program is "
        + "started again. Call 'IModelEventLog.SetUpAsync' when it is.")]
    public static partial void SourceKept(ILogger logger, CaptureSource source, string model, CaptureSource kept);

    [LoggerMessage(1003, LogLevel.Error,
        "The changed configuration could not be read, so the model list stays as it was")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(1005, LogLevel.Warning,
        "The model list, and which handlers are switched on, stay as they were: {Missing}")]
    public static partial void SourceMissing(ILogger logger, string missing);

    [LoggerMessage(1006, LogLevel.Information, "The configuration can be read again, and is in force")]
    public static partial void ConfigurationBack(ILogger logger);

    [LoggerMessage(1100, LogLevel.Warning,
        "The outbox '{Outbox}' cannot be reached: {Reason} Dispatching waits until it is back.")]
    public static partial void OutboxAway(ILogger logger, Exception? exception, string outbox, string reason);

    [LoggerMessage(1101, LogLevel.Information,
        "The outbox '{Outbox}' is back; dispatching goes on.")]
    public static partial void OutboxBack(ILogger logger, string outbox);

    [LoggerMessage(1123, LogLevel.Warning,
        "This process could not publish anything for some seconds and leaves the outbox '{Outbox}' to another process that waits for "
        + "it: {Reason}")]
    public static partial void LeadGivenUp(ILogger logger, string outbox, string reason);

    [LoggerMessage(1102, LogLevel.Warning,
        "Nothing can be published: {Reason} Events wait in the outbox until it can.")]
    public static partial void PublisherAway(ILogger logger, Exception? exception, string reason);

    [LoggerMessage(1103, LogLevel.Information,
        "Events can be published again.")]
    public static partial void PublisherBack(ILogger logger);

    [LoggerMessage(1104, LogLevel.Warning,
        "The event '{Event}' ({EventId}, key '{Key}') of the outbox '{Outbox}' was refused (attempt "
        + "{Attempt}), its key rests for {Rest}: {Error}")]
    public static partial void Refused(
        ILogger logger, string outbox, string @event, Guid eventId, string key, int attempt, TimeSpan rest, string error);

    [LoggerMessage(1105, LogLevel.Error,
        "The event '{Event}' ({EventId}, key '{Key}') of the outbox '{Outbox}' is parked after {Attempts} "
        + "attempts, and later events of its key wait: {Error}")]
    public static partial void Parked(
        ILogger logger, string outbox, string @event, Guid eventId, string key, int attempts, string error);

    [LoggerMessage(1106, LogLevel.Warning,
        "No queue is bound for the event '{Event}' of the service '{Service}' (outbox '{Outbox}'). Bind one "
        + "if it should be received; this is told once for each name, until a queue receives it.")]
    public static partial void Unroutable(ILogger logger, string outbox, string @event, string service);

    [LoggerMessage(1110, LogLevel.Warning,
        "Events of the service '{Service}' cannot be published: {Reason} They wait in the outbox until they can.")]
    public static partial void ExchangeAway(ILogger logger, string service, string reason);

    [LoggerMessage(1111, LogLevel.Information, "Events of the service '{Service}' can be published again.")]
    public static partial void ExchangeBack(ILogger logger, string service);

    [LoggerMessage(1115, LogLevel.Warning,
        "The exchange '{Exchange}' was deleted while this process published to it, and its bindings with it: events are possibly "
        + "lost to consumers. Let them bind their queues again. An event that no queue receives is parked until one is bound, "
        + "unless 'Unroutable' is 'Count'.")]
    public static partial void ExchangeLost(ILogger logger, string exchange);

    [LoggerMessage(1116, LogLevel.Information, "Queues are bound to the exchange '{Exchange}' again, and no event is held any more.")]
    public static partial void ExchangeBound(ILogger logger, string exchange);

    [LoggerMessage(1117, LogLevel.Error,
        "Events named '{Event}' of the outbox '{Outbox}' are parked, and later events of their keys wait: {Error}")]
    public static partial void HeldBack(ILogger logger, string outbox, string @event, string error);

    [LoggerMessage(1118, LogLevel.Debug,
        "The outbox '{Outbox}' could not be asked for parked events that wait for a queue.")]
    public static partial void HeldNotRead(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(1107, LogLevel.Debug,
        "Dispatching of the outbox '{Outbox}' has stopped.")]
    public static partial void Stopped(ILogger logger, string outbox);

    [LoggerMessage(1108, LogLevel.Warning,
        "The outbox '{Outbox}' was lost while stopping; what was not completed is published again after the "
        + "next start.")]
    public static partial void LostWhileStopping(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(1112, LogLevel.Error,
        "Delivering what waits in memory has failed while the program ends: events of the outbox '{Outbox}' are lost.")]
    public static partial void LostFromMemory(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(1114, LogLevel.Error,
        "The program ends while '{Waiting}' events of the outbox '{Outbox}' wait in memory and '{Parked}' are parked there: they are "
        + "lost.")]
    public static partial void LeftInMemory(ILogger logger, string outbox, long waiting, long parked);

    [LoggerMessage(1120, LogLevel.Error,
        "What was delivered of the outbox '{Outbox}' cannot be noted there: {Reason} It is not delivered again by this process, and "
        + "nothing more is until it can be noted. See to the rights on the outbox's tables, and to their triggers.")]
    public static partial void NotNoted(ILogger logger, Exception? exception, string outbox, string reason);

    [LoggerMessage(1121, LogLevel.Information,
        "What was delivered of the outbox '{Outbox}' is noted there; dispatching goes on.")]
    public static partial void NotedAgain(ILogger logger, string outbox);

    [LoggerMessage(1109, LogLevel.Debug,
        "The outbox '{Outbox}' could not be counted for the metrics.")]
    public static partial void StatusUnknown(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(1200, LogLevel.Error,
        "Outbox '{Outbox}' dropped the parked event '{Event}' ({Id}), because memory keeps only the latest {Max} of them")]
    public static partial void ParkedEventDropped(ILogger logger, string outbox, string @event, Guid id, int max);

    [LoggerMessage(1201, LogLevel.Error, "{Reason} Saves: {WhenFull}.")]
    public static partial void MemoryFull(ILogger logger, string reason, FullMemory whenFull);

    [LoggerMessage(1202, LogLevel.Information, "There is room again in the memory of '{Outbox}'.")]
    public static partial void MemoryHasRoom(ILogger logger, string outbox);

    [LoggerMessage(1203, LogLevel.Error,
        "'{Count}' events of the outbox '{Outbox}' in all were saved after the program has stopped, where nothing publishes any "
        + "more: they are lost. Save before the host has stopped, or use an outbox in the database.")]
    public static partial void SavedTooLate(ILogger logger, string outbox, int count);

    [LoggerMessage(1300, LogLevel.Error, "The receiver '{Receiver}' ({Kind}) has failed; what it was called for goes on.")]
    public static partial void ReceiverFailed(ILogger logger, Exception exception, string receiver, string kind);

    [LoggerMessage(1400, LogLevel.Warning,
        "The handler '{Handler}' failed on the event '{Event}' ({EventId}, key '{Key}') of the outbox '{Outbox}' "
        + "(attempt {Attempt}). The event's key rests for {Rest}, for this handler.")]
    public static partial void HandlerFailed(
        ILogger logger,
        Exception? exception,
        string handler,
        string @event,
        Guid eventId,
        string key,
        string outbox,
        int attempt,
        TimeSpan rest);

    [LoggerMessage(1401, LogLevel.Error,
        "The event '{Event}' ({EventId}, key '{Key}') of the outbox '{Outbox}' is parked for the handler '{Handler}' after "
        + "{Attempts} attempts, and later events of its key wait for this handler.")]
    public static partial void HandlerGaveUp(
        ILogger logger,
        Exception? exception,
        string handler,
        string @event,
        Guid eventId,
        string key,
        string outbox,
        int attempts);

    [LoggerMessage(1402, LogLevel.Warning,
        "The handler '{Handler}' was asked whether it wants the event '{Event}' and has failed, which counts as yes; this "
        + "is told once for each name, until it answers.")]
    public static partial void WantsFailed(ILogger logger, Exception exception, string handler, string @event);

    [LoggerMessage(1403, LogLevel.Information, "The handler '{Handler}' is switched on.")]
    public static partial void HandlerOn(ILogger logger, string handler);

    [LoggerMessage(1404, LogLevel.Information,
        "The handler '{Handler}' is switched off: events from now on are not for it, and those that wait for it rest.")]
    public static partial void HandlerOff(ILogger logger, string handler);

    [LoggerMessage(1405, LogLevel.Warning,
        "Events in the outbox '{Outbox}' are for the handler '{Handler}', which is not registered in this process. They are "
        + "kept until a process that dispatches has it again.")]
    public static partial void UnknownHandler(ILogger logger, string outbox, string handler);

    [LoggerMessage(1406, LogLevel.Warning,
        "Events in the outbox '{Outbox}' are for the broker, and this process has no publisher. They are kept until a process "
        + "that dispatches has one.")]
    public static partial void NoPublisherForEvents(ILogger logger, string outbox);

    [LoggerMessage(1407, LogLevel.Error,
        "The changed configuration could not be read, so handlers stay switched on or off as they were.")]
    public static partial void SwitchesNotRead(ILogger logger, Exception exception);
}
