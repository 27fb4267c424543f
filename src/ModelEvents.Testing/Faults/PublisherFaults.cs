namespace ModelEvents.Testing;

/// <summary>
/// What a <see cref="FaultyPublisher"/> does wrong. Every n-th is counted over the events that it tries to publish, each
/// try of an event by itself, so that the same events meet the same faults. May be changed at any time.
/// </summary>
public sealed class PublisherFaults
{
    private volatile Func<ModelEvent, bool> _losesAcknowledgement = Never;
    private volatile Func<ModelEvent, bool> _duplicates = Never;
    private volatile Func<ModelEvent, bool> _refuses = Never;
    private long _delay;

    internal PublisherFaults()
    {
    }

    /// <summary>
    /// Publishes every <paramref name="every"/>-th event and then reports that the broker went away before it confirmed: the
    /// event is published again later, with the same id.
    /// </summary>
    public PublisherFaults LoseAcknowledgement(int every) => LoseAcknowledgement(EveryNth(every));

    /// <summary>As <see cref="LoseAcknowledgement(int)"/>, for events that <paramref name="when"/> is true of.</summary>
    public PublisherFaults LoseAcknowledgement(Func<ModelEvent, bool> when)
    {
        _losesAcknowledgement = NotNull(when);
        return this;
    }

    /// <summary>Publishes every <paramref name="every"/>-th event twice, with the same id.</summary>
    public PublisherFaults Duplicate(int every) => Duplicate(EveryNth(every));

    /// <summary>As <see cref="Duplicate(int)"/>, for events that <paramref name="when"/> is true of.</summary>
    public PublisherFaults Duplicate(Func<ModelEvent, bool> when)
    {
        _duplicates = NotNull(when);
        return this;
    }

    /// <summary>Does not publish every <paramref name="every"/>-th event and reports that the broker refused it.</summary>
    public PublisherFaults Refuse(int every) => Refuse(EveryNth(every));

    /// <summary>As <see cref="Refuse(int)"/>, for events that <paramref name="when"/> is true of.</summary>
    public PublisherFaults Refuse(Func<ModelEvent, bool> when)
    {
        _refuses = NotNull(when);
        return this;
    }

    /// <summary>Waits before each batch, by the host's <see cref="TimeProvider"/>.</summary>
    public PublisherFaults Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Interlocked.Exchange(ref _delay, delay.Ticks);
        return this;
    }

    /// <summary>Does nothing wrong from now on.</summary>
    public PublisherFaults Clear() => LoseAcknowledgement(Never).Duplicate(Never).Refuse(Never).Delay(TimeSpan.Zero);

    internal TimeSpan CurrentDelay => TimeSpan.FromTicks(Interlocked.Read(ref _delay));

    internal bool Refuses(ModelEvent tried) => _refuses(tried);

    internal bool Duplicates(ModelEvent tried) => _duplicates(tried);

    internal bool LosesAcknowledgement(ModelEvent tried) => _losesAcknowledgement(tried);

    private static bool Never(ModelEvent tried) => false;

    private static Func<ModelEvent, bool> EveryNth(int every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        var count = 0L;
        return _ => Interlocked.Increment(ref count) % every == 0;
    }

    private static Func<ModelEvent, bool> NotNull(Func<ModelEvent, bool> when)
    {
        ArgumentNullException.ThrowIfNull(when);
        return when;
    }
}
