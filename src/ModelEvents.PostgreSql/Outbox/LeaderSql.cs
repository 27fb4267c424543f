namespace ModelEvents.Outbox;

/// <summary>The statements on the advisory lock of the process that reads the packs.</summary>
internal static class LeaderSql
{
    /// <summary>How often a process that stands by tries: a process that was killed is replaced so soon.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// What the table's object id is combined with for the lock: away from 0 and other small numbers, which other users of
    /// advisory locks are fond of.
    /// </summary>
    public const int ClassMark = 0x6D6F_6465;

    /// <summary>The lock of the process that reads.</summary>
    public const int LeaderKey = 100;

    /// <summary>The lock that those share who wait for it and are to have it.</summary>
    public const int AwaitKey = 102;

    /// <summary>
    /// $1 and $2 the lock, $3 seconds between two tries, $4 tries after the first. The seconds are made to depend on the
    /// row, or the server would wait only once.
    /// </summary>
    public const string TryLead =
        """
        WITH RECURSIVE attempt (number, leads) AS (
            SELECT 0, pg_try_advisory_lock($1, $2)
            UNION ALL
            SELECT number + 1, pg_try_advisory_lock($1, $2)
            FROM attempt CROSS JOIN LATERAL pg_sleep($3 + 0 * number)
            WHERE NOT leads AND number < $4)
        SELECT bool_or(leads) FROM attempt
        """;

    /// <summary>$1 and $2 a lock that nobody else asks for.</summary>
    public const string Mark = "SELECT pg_advisory_lock($1, $2)";

    /// <summary>$1 and $2 the lock that is shared.</summary>
    public const string Await = "SELECT pg_advisory_lock_shared($1, $2)";

    /// <summary>$1 and $2 the lock that is shared.</summary>
    public const string AwaitNoMore = "SELECT pg_advisory_unlock_shared($1, $2)";

    public const string Leave = "SELECT pg_advisory_unlock_all()";
}
