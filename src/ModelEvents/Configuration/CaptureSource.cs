namespace ModelEvents;

/// <summary>Where the changes of a model are seen.</summary>
public enum CaptureSource
{
    /// <summary>In EF Core's change tracker, by every <c>SaveChanges</c>.</summary>
    Tracker,

    /// <summary>
    /// In the database's log, whoever writes: <c>ExecuteUpdate</c>, raw SQL, cascades of the database and other programs
    /// too. Nothing runs inside <c>SaveChanges</c>. Needs PostgreSQL and <see cref="DeliveryMode.Wal"/>.
    /// </summary>
    Log,
}
