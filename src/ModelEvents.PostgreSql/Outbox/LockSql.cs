namespace ModelEvents.Outbox;

/// <summary>
/// The statements on a session's advisory locks: one for each leased lane, and a shared one that counts the members. They
/// end with the connection, which is what hands the lanes of a dead process on.
/// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
/// </summary>
internal static class LockSql
{
    /// <summary>The second half of the key of the members' shared lock; lanes come before it.</summary>
    public const int MemberKey = Lane.Count;

    /// <summary>What a notification says when lanes or members changed rather than events.</summary>
    public const string LanesChanged = "lanes";

    /// <summary>$1 channel.</summary>
    public const string Notify = "SELECT pg_notify($1, '')";

    /// <summary>$1 class, $2 member key, $3 channel.</summary>
    public const string Join = $"SELECT pg_advisory_lock_shared($1, $2), pg_notify($3, '{LanesChanged}')";

    /// <summary>$1 class, $2 lanes, $3 channel.</summary>
    public const string Release =
        "SELECT pg_advisory_unlock($1, lane) FROM unnest($2) AS lane " +
        $"UNION ALL SELECT pg_notify($3, '{LanesChanged}') IS NULL";

    /// <summary>$1 channel.</summary>
    public const string Leave = $"SELECT pg_advisory_unlock_all(), pg_notify($1, '{LanesChanged}')";

    /// <summary>
    /// $1 class, $2 the same as an object id, $3 member key, $4 lanes held. Returns the number of members, how many lanes
    /// this connection really held before, and the lanes that it has locked now to come up to its fair share.
    /// </summary>
    public static string Share { get; } =
        $"""
        WITH locks AS MATERIALIZED (
            SELECT objid::int AS lane, pid FROM pg_locks
            WHERE locktype = 'advisory' AND classid = $2 AND objsubid = 2 AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
        members AS (SELECT count(*)::int AS number FROM locks WHERE lane = $3),
        free AS (
            SELECT lane FROM generate_series(0, {Lane.Count - 1}) AS lane
            WHERE lane NOT IN (SELECT lane FROM locks)
            ORDER BY random()
            LIMIT (SELECT greatest(ceil({Lane.Count}.0 / number)::int - $4, 0) FROM members))
        SELECT
            (SELECT number FROM members),
            (SELECT count(*)::int FROM locks WHERE pid = pg_backend_pid() AND lane <> $3),
            ARRAY(SELECT lane::smallint FROM free WHERE pg_try_advisory_lock($1, lane))
        """;

    /// <summary>
    /// $1 names, $2 values. Settings that a server is too old to know are left out.
    /// </summary>
    public const string Configure =
        "SELECT set_config(name, value, false) FROM unnest($1, $2) AS wanted (name, value) JOIN pg_settings USING (name)";

    /// <summary>$1 names: back to what the connection began with, where a pool does not see to it.</summary>
    public const string Restore =
        "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = ANY($1)";
}
