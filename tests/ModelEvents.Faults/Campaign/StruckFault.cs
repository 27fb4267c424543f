using ModelEvents.Faults.Faulting;

namespace ModelEvents.Faults.Campaign;

/// <summary>A fault from its begin to its end, in seconds since 1970, and when events came again after it.</summary>
internal sealed record StruckFault(Fault Fault, double Begin, double End, string? Error)
{
    /// <summary>Per line, when the first event arrived that was saved after the end; null for none within a minute.</summary>
    public Dictionary<string, double?> Arrivals { get; } = [];
}
