namespace ModelEvents.Outbox;

/// <summary>The settings of a session's connection.</summary>
internal static class SessionSettings
{
    private const string Linux = "client_connection_check_interval";

    private const string IdleTimeout = "idle_session_timeout";

    private static readonly (string Name, string Value)[] All =
    [
        // The table's size changes faster than its statistics: never read all of it where the index serves.
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("jit", "off"),

        // Packs that were read from several gaps are sorted in memory.
        ("work_mem", "64MB"),

        // A delete that a crash of the server undoes means a repeated event; waiting for the disk each time means a
        // slower drain. https://www.postgresql.org/docs/current/wal-async-commit.html
        ("synchronous_commit", "off"),

        // Lets the server notice within seconds that the other machine is gone, and let another process lead; the last one
        // also while a statement runs.
        ("tcp_keepalives_idle", "3"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),

        // The same of a process that takes nothing of what is sent to it.
        ("tcp_user_timeout", "8s"),
        (IdleTimeout, ""),

        // Who stands by waits in one statement, and who is to lead waits for the last step of the one before.
        ("statement_timeout", "0"),
        ("lock_timeout", "0"),
        (Linux, "1s"),
    ];

    public static string[] Names { get; } = [.. All.Select(setting => setting.Name)];

    /// <summary>
    /// The values, where the server is to end a session that was not used for <paramref name="idle"/>: a process that stands
    /// still leads no more. https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-SESSION-TIMEOUT
    /// </summary>
    public static string[] ValuesFor(TimeSpan idle) =>
    [
        .. All.Select(setting => setting.Name == IdleTimeout
            ? FormattableString.Invariant($"{(int)idle.TotalMilliseconds}ms")
            : setting.Value),
    ];

    /// <summary>
    /// $1 names, $2 values. Settings that a server is too old to know are left out, and one that it refuses where it does
    /// not run on Linux.
    /// </summary>
    public const string Configure =
        "SELECT set_config(name, value, false) FROM unnest($1, $2) AS wanted (name, value) JOIN pg_settings USING (name) " +
        $"WHERE name <> '{Linux}' OR version() ILIKE '%linux%'";

    /// <summary>Lets a connection wait for notifications for however long; where the server knows the setting.</summary>
    public const string Listen =
        "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'";

    /// <summary>$1 names: back to what the connection began with, where a pool does not see to it.</summary>
    public const string Restore =
        "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = ANY($1)";
}
