namespace ModelEvents.Faults.Faulting;

internal static class DatabaseFaults
{
    public static IEnumerable<Fault> All { get; } =
    [
        new SessionsFault(),
        new DatabaseRestartFault(
            "database-restarted", "the database is stopped (SIGINT: sessions are ended) and started",
            [("stopped", server => server.StopAsync())]),
        new DatabaseRestartFault(
            "database-crashed", "the database's server or one of its sessions ends at once (SIGQUIT, SIGKILL), and recovers",
            [
                ("SIGQUIT", server => server.CrashAsync()),
                ("SIGKILL", server => server.KillAsync()),
                ("SIGKILL of a session", server => server.KillSessionAsync()),
            ]),
        new FailoverFault(),
        new DiskFullFault(),
    ];
}
