namespace ModelEvents.Outbox;

/// <summary>The settings of a session's connection.</summary>
internal static class SessionSettings
{
    private const string Linux = "client_connection_check_interval";

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
        ("idle_session_timeout", "0"),
        (Linux, "1s"),
    ];

    public static string[] Names { get; } = [.. All.Select(setting => setting.Name)];

    public static string[] Values { get; } = [.. All.Select(setting => setting.Value)];

    /// <summary>
    /// $1 names, $2 values. Settings that a server is too old to know are left out, and one that it refuses where it does
    /// not run on Linux.
    /// </summary>
    public const string Configure =
        "SELECT set_config(name, value, false) FROM unnest($1, $2) AS wanted (name, value) JOIN pg_settings USING (name) " +
        $"WHERE name <> '{Linux}' OR version() ILIKE '%linux%'";

    /// <summary>$1 names: back to what the connection began with, where a pool does not see to it.</summary>
    public const string Restore =
        "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = ANY($1)";
}
