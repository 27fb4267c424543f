namespace ModelEvents;

/// <summary>What to do about saves into a database whose events nobody reads.</summary>
public enum UndispatchedDatabases
{
    /// <summary>Log it, once per database, and degrade the health check until somebody reads them.</summary>
    Warn,

    /// <summary>Let them pass silently.</summary>
    Ignore,

    /// <summary>
    /// Refuse saves with events with an <see cref="InvalidOperationException"/>, too, which rolls them back.
    /// </summary>
    Throw,
}
