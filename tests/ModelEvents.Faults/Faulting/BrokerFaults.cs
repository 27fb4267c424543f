namespace ModelEvents.Faults.Faulting;

internal static class BrokerFaults
{
    public static IEnumerable<Fault> All { get; } =
    [
        new BrokerOutageFault("broker-stopped", "all nodes of the broker are stopped (SIGTERM) and started", node => node.StopAsync()),
        new BrokerOutageFault("broker-killed", "all nodes of the broker are killed (SIGKILL) and started", node => node.KillAsync()),
        new AlarmFault(),
        new ConnectionsFault(),
        new QueueFullFault(),
        new ExchangeDeletedFault(),
        new NodeFault("node-stopped", "one node of three is stopped (SIGTERM)", 8, node => node.StopAsync()),
        new NodeFault("node-killed", "one node of three is killed (SIGKILL)", 8, node => node.KillAsync()),
        new NodeFault("node-suspended", "one node of three stands still (SIGSTOP) for up to 15 s", 15, node => node.SuspendAsync()),
        new PartitionFault(),
    ];
}
