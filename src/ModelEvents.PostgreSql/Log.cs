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

    [LoggerMessage(3002, LogLevel.Error,
        "What stands in {Place} is not of ModelEvents, or damaged, and is kept in the outbox '{Outbox}' as the parked event " +
        "'{EventId}'; all else flows. {Reason} Look at its body, then discard it.")]
    public static partial void UnreadablePack(ILogger logger, string outbox, string place, Guid eventId, string reason);

    [LoggerMessage(3003, LogLevel.Warning,
        "Outbox '{Outbox}' has events, and the process that reads it did nothing for {Seconds} seconds: its session was ended, so "
        + "that another reads on. Look whether it stands still, or has no processor time.")]
    public static partial void LeaderEnded(ILogger logger, string outbox, int seconds);

    [LoggerMessage(3010, LogLevel.Information, "The replication slot '{Slot}' was created: events are read from here on.")]
    public static partial void SlotCreated(ILogger logger, string slot);

    [LoggerMessage(3011, LogLevel.Debug, "Another process sets up the replication slot '{Slot}' at the same time.")]
    public static partial void SlotCreatedElsewhere(ILogger logger, string slot);

    [LoggerMessage(3014, LogLevel.Warning,
        "The replication slot '{Slot}' can be created only once all transactions are over that were open when that began. The " +
        "oldest is that of {Oldest}. Until then saves of listed models fail: end it if it was forgotten.")]
    public static partial void SlotWaits(ILogger logger, string slot, string oldest);

    [LoggerMessage(3012, LogLevel.Error,
        "The replication slot '{Slot}' is gone though it was set up before: somebody dropped it, or another server took " +
        "over that did not have it. Events that were committed since then, and not yet published, are possibly lost. " +
        "Going on with a new slot.")]
    public static partial void SlotMissing(ILogger logger, string slot);

    [LoggerMessage(3013, LogLevel.Warning,
        "The replication slot of '{Outbox}' could not be looked at. The dispatcher does so again; until there is a slot, " +
        "saves of listed models fail.")]
    public static partial void SlotNotSetUp(ILogger logger, Exception exception, string outbox);

    [LoggerMessage(3024, LogLevel.Information,
        "Any login of the database of '{Outbox}' may write into its log what is then published as an event. Revoke " +
        "'pg_logical_emit_message' from PUBLIC, as 'config/roles.sql' does.")]
    public static partial void AnyLoginWrites(ILogger logger, string outbox);

    [LoggerMessage(3021, LogLevel.Error,
        "Changes of models that are captured from the log were possibly lost at the replication slot '{Slot}'. {Loss}. " +
        "Publish what is missing by hand, then call 'IModelEventLog.AcknowledgeLossAsync'. Reading goes on.")]
    public static partial void PossibleLoss(ILogger logger, string slot, string loss);

    [LoggerMessage(3022, LogLevel.Error,
        "The new model list captures from the log what the database is not set up for. {Mistakes}")]
    public static partial void ListNotSetUp(ILogger logger, string mistakes);

    [LoggerMessage(3031, LogLevel.Warning, "{Leftover}")]
    public static partial void SlotLeftOver(ILogger logger, string leftover);

    [LoggerMessage(3023, LogLevel.Error,
        "What capture from the log needs at the replication slot '{Slot}' was undone while it is read. {Mistakes}")]
    public static partial void SetUpUndone(ILogger logger, string slot, string mistakes);

    [LoggerMessage(3032, LogLevel.Warning,
        "A save into the database '{Database}' has failed on a prepared statement: {Reason} No save into it is prepared any more "
        + "until the program starts again. Where the program discards statements itself, as by DISCARD ALL, set 'Outbox:Prepare' to "
        + "'false'.")]
    public static partial void PreparationEnded(ILogger logger, string database, string reason);

    [LoggerMessage(3030, LogLevel.Error, "Nothing is read from the log. {Reason}")]
    public static partial void ReaderIsAwaited(ILogger logger, string reason);

    [LoggerMessage(3020, LogLevel.Warning,
        "The log has only the key of a row of '{Table}' before its update or delete: the body of a delete is the key, and " +
        "updates do not tell what changed. Give whole rows to the log with REPLICA IDENTITY FULL on {Tables}, or call " +
        "'IModelEventLog.SetUpAsync'.")]
    public static partial void OnlyKeysBefore(ILogger logger, string table, string tables);
}
