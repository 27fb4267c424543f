namespace ModelEvents.Faults.Faulting;

/// <summary>Something that goes wrong for a while.</summary>
internal abstract class Fault
{
    public abstract string Name { get; }

    /// <summary>One line for <c>--list</c>.</summary>
    public abstract string Summary { get; }

    public abstract FaultSide Side { get; }

    /// <summary>Brokers that must run as one cluster.</summary>
    public virtual int BrokerNodes => 1;

    public virtual bool NeedsStandby => false;

    /// <summary>Why the fault cannot strike here, or null.</summary>
    public virtual string? WhyNot(FaultScene scene) => null;

    /// <summary>Lines of a mode that documents this loss are not judged.</summary>
    public virtual bool Spares(string mode) => false;

    /// <summary>Lasts from the fault's begin to its end, also when it is cancelled.</summary>
    public abstract Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>A random duration.</summary>
    protected static TimeSpan Between(Random random, double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds)));
}
