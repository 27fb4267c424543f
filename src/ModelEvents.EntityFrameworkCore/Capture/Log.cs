using Microsoft.Extensions.Logging;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>All log messages of this package. Event ids from 2000.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning,
        "{Write} changed '{Model}' without an event: the change tracker does not see it. Change instances and call "
        + "SaveChanges, or set the model's 'UncapturedWrites' to 'Ignore' or 'Throw'. Told once per model and kind of write.")]
    public static partial void UncapturedWrite(ILogger logger, string write, string model);

    [LoggerMessage(2001, LogLevel.Warning,
        "The database of '{Context}' itself changes instances that are not loaded, without an event, when what they point to is "
        + "deleted: {Cascades}. Load them before the delete, or use a client-side delete behavior.")]
    public static partial void DatabaseCascades(ILogger logger, string context, string cascades);

    [LoggerMessage(2002, LogLevel.Warning,
        "'{Model}' is captured from the log, whose rows have no navigations: its serializer '{Serializer}' finds {Navigations} "
        + "empty. Name those that it follows in the model's 'LoadNavigations', which loads them after the commit.")]
    public static partial void NavigationsNotLoaded(ILogger logger, string model, string serializer, string navigations);

    [LoggerMessage(2003, LogLevel.Information,
        "'{Model}' is captured from the log, whose rows lack {What}: its instances are read from the database after the commit.")]
    public static partial void ReadAfterCommit(ILogger logger, string model, string what);

    [LoggerMessage(2004, LogLevel.Warning,
        "'{Context}' has rules, which are asked by saves about models that the tracker captures: those about {Models} are never "
        + "met, as they are captured from the log. Set their 'Capture' to 'Tracker' if rules are about them.")]
    public static partial void RulesNotAsked(ILogger logger, string context, string models);

    [LoggerMessage(2005, LogLevel.Warning,
        "The column '{Column}' of '{Table}' cannot be read from the log. {Reason} Events of its rows are made of what the "
        + "database has after the commit, and those of deletes have the key alone; where the database does not have it, they are "
        + "parked. Types of an Npgsql plugin are read after 'NpgsqlConnection.GlobalTypeMapper.UseNodaTime()', or the like, at the "
        + "program's start. Told once per column.")]
    public static partial void UnreadableColumn(ILogger logger, string column, string table, string reason);

    [LoggerMessage(2006, LogLevel.Warning,
        "The role that saves into the database '{Database}' may not update {Table}, or that is no table, so that a save that changes "
        + "only links or owned rows of a '{Model}' cannot lock its row: events of two such saves at the same time may come in another "
        + "order than that of their commits. Grant it UPDATE on one of the columns: that is noticed within a minute. Told once per table and connection string.")]
    public static partial void MayNotLock(ILogger logger, string database, string table, string model);

    [LoggerMessage(2007, LogLevel.Warning,
        "The outbox of '{Context}' is in a database of '{Provider}', where saves lock only the rows that they write: of two "
        + "transactions at the same time that change only links, owned rows in a table of their own, or another table of the same "
        + "instance, and of own events of one key, the one that is saved first may be committed last, and is published first. "
        + "Write something to the instance's row in the same transaction where that matters.")]
    public static partial void LocksOnlyWritten(ILogger logger, string context, string provider);

    [LoggerMessage(2010, LogLevel.Warning,
        "The consumer '{Consumer}' did not receive every event of '{Model}' with key '{Key}': before '{Event}' ({EventId}) "
        + "came the one with the sequence {Previous}, but the last one handled has {Last}.")]
    public static partial void InboxGap(
        ILogger logger,
        string consumer,
        string model,
        string key,
        string @event,
        Guid eventId,
        long previous,
        long last);

    [LoggerMessage(2011, LogLevel.Warning,
        "The inbox of '{Context}' could not be cleaned; what is old stays until the next time, in {Interval}.")]
    public static partial void InboxNotCleaned(ILogger logger, Exception exception, string context, TimeSpan interval);

    [LoggerMessage(2020, LogLevel.Warning,
        "The event '{Event}' is triggered but not declared, so that the catalog does not have it; it is published. {Advice} "
        + "Told once per name.")]
    public static partial void UndeclaredEvent(ILogger logger, string @event, string advice);

    [LoggerMessage(2030, LogLevel.Error,
        "The receiver '{Receiver}' ({Kind}) has failed; the save goes on.")]
    public static partial void ReceiverFailed(ILogger logger, Exception exception, string receiver, ReceiverKind kind);

    [LoggerMessage(2040, LogLevel.Error,
        "The rule '{Rule}' ({RuleId}, version {Version}) is not in force: {Reason} Edit or archive it; others are in force.")]
    public static partial void RuleIgnored(ILogger logger, string rule, Guid ruleId, long version, string reason);

    [LoggerMessage(2041, LogLevel.Error,
        "The rule '{Rule}' ({RuleId}, version {Version}) failed on a change of '{Model}', which counts as not met. Correct its "
        + "handler. Told once per version.")]
    public static partial void RuleFailed(
        ILogger logger, Exception exception, string rule, Guid ruleId, long version, string model);

    [LoggerMessage(2042, LogLevel.Warning,
        "The rules of '{Context}' could not be read; those read before stay in force, and without any saves wait for them.")]
    public static partial void RulesAway(ILogger logger, Exception exception, string context);

    [LoggerMessage(2043, LogLevel.Information, "The rules of '{Context}' can be read again.")]
    public static partial void RulesBack(ILogger logger, string context);

    [LoggerMessage(2050, LogLevel.Warning,
        "Events of '{Context}' wait in the database '{Database}', which no dispatcher of this process has opened and no other has "
        + "read for {Patience}. {Failure}Let a dispatcher run for it, or set 'Outbox:UndispatchedDatabases' to 'Ignore'. Told once "
        + "per database.")]
    public static partial void Undispatched(ILogger logger, string context, string database, TimeSpan patience, string failure);

    [LoggerMessage(2051, LogLevel.Information, "The events of '{Context}' in the database '{Database}' are read now.")]
    public static partial void Dispatched(ILogger logger, string context, string database);
}
