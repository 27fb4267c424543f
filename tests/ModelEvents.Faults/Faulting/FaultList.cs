namespace ModelEvents.Faults.Faulting;

/// <summary>All faults.</summary>
internal static class FaultList
{
    public static IReadOnlyList<Fault> All { get; } = [];
}
