namespace ModelEvents.Outbox;

/// <summary>The settings of a session's connection.</summary>
internal static class SessionSettings
{
    private static readonly (string Name, string Value)[] All =
    [
        // The table's size changes faster than its statistics: never read all of it where the index serves.
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("jit", "off"),

        // A delete that a crash of the server undoes means a repeated event; waiting for the disk each time means a
        // slower drain. https://www.postgresql.org/docs/current/wal-async-commit.html
        ("synchronous_commit", "off"),

        // Lets the server notice within seconds that the other machine is gone, and hand its lanes on.
        ("tcp_keepalives_idle", "3"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),
        ("idle_session_timeout", "0"),
    ];

    public static string[] Names { get; } = [.. All.Select(setting => setting.Name)];

    public static string[] Values { get; } = [.. All.Select(setting => setting.Value)];
}
