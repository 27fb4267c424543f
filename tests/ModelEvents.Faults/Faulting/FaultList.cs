namespace ModelEvents.Faults.Faulting;

/// <summary>All faults.</summary>
internal static class FaultList
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. WorkerFaults.All,
        .. DatabaseFaults.All,
        .. PathFaults.Of("database", servers => servers.DatabasePath),
        .. BrokerFaults.All,
        .. PathFaults.Of("broker", servers => servers.BrokerPath),
    ];
}
