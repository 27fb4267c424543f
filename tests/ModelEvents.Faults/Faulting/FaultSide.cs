namespace ModelEvents.Faults.Faulting;

/// <summary>What a fault strikes. Two faults of different sides may overlap.</summary>
internal enum FaultSide
{
    Server,
    Worker,
}
