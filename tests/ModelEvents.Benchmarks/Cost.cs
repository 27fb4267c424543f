namespace ModelEvents.Benchmarks;

/// <summary>What this process has allocated and computed.</summary>
internal readonly record struct Cost(double Bytes, double Microseconds)
{
    public static Cost Now =>
        new(GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime.TotalMicroseconds);

    public static Cost operator -(Cost left, Cost right) =>
        new(left.Bytes - right.Bytes, left.Microseconds - right.Microseconds);

    public static Cost operator /(Cost cost, int events) => new(cost.Bytes / events, cost.Microseconds / events);
}
