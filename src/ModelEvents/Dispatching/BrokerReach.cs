using Microsoft.Extensions.Options;

namespace ModelEvents.Dispatching;

/// <summary>
/// Whether this process reaches the broker, for what it may leave to another that does, and when it has done so last.
/// </summary>
internal sealed class BrokerReach(IOptions<ModelEventsOptions> options, TimeProvider time)
{
    // An attempt may last as long: to connect, or until it is known that nothing is confirmed.
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(1);

    // As long another may try. Who has given up a turn is not waited for until then.
    private static readonly TimeSpan Abstention = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private TaskCompletionSource _isAway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _awaySince;
    private long _knownAt;
    private long _failedAt;
    private volatile string _reason = "";
    private bool _isFailing;
    private long? _gaveUpAt;

    /// <summary>Whether it is to ask for a turn. Where nobody else is there it may have one nevertheless.</summary>
    public bool IsToLead
    {
        get
        {
            lock (_lock)
                return _gaveUpAt is not { } gaveUp || time.GetElapsedTime(gaveUp) >= Abstention;
        }
    }

    /// <summary>
    /// For how long nothing could be published, if that was tried since <paramref name="since"/>: a failure of before says nothing
    /// of a broker that nothing was sent to since.
    /// </summary>
    public TimeSpan AwayFor(long since)
    {
        lock (_lock)
            return _isAway.Task.IsCompleted && _failedAt >= since ? time.GetElapsedTime(_awaySince) : TimeSpan.Zero;
    }

    /// <summary>For how long it is known that nothing can be published: so long it was tried again.</summary>
    public TimeSpan KnownFor
    {
        get
        {
            lock (_lock)
                return _isAway.Task.IsCompleted ? time.GetElapsedTime(_knownAt) : TimeSpan.Zero;
        }
    }

    /// <summary>Why nothing could be published the last time.</summary>
    public string Reason => _reason;

    /// <summary>What is known of it since nothing could be published, until something is again.</summary>
    public ReachFailure? Failure
    {
        get
        {
            lock (_lock)
            {
                return _isFailing
                    ? new(_reason, IsTried ? time.GetElapsedTime(_awaySince) : null, time.GetElapsedTime(_failedAt))
                    : null;
            }
        }
    }

    /// <summary>Whether it is tried again and again. Who has given up a turn, or finds nothing to publish any more, does not.</summary>
    private bool IsTried => _isAway.Task.IsCompleted
        && time.GetElapsedTime(_failedAt) <= LongestAttempt + (2 * options.Value.Dispatcher.MaxOutageDelay);

    /// <summary>Nothing can be published since an attempt that began at <paramref name="started"/>.</summary>
    public void Lost(long started, string reason)
    {
        lock (_lock)
        {
            var isKnown = IsTried;
            (_reason, _isFailing, _failedAt) = (reason, true, time.GetTimestamp());
            if (isKnown)
                return;

            (_awaySince, _knownAt) = (started, _failedAt);
            _isAway.TrySetResult();
        }
    }

    public void Found()
    {
        lock (_lock)
        {
            (_isFailing, _gaveUpAt) = (false, null);
            Reset();
        }
    }

    /// <summary>This process has given up a turn. In the next one it tries for as long again.</summary>
    public void GaveUp()
    {
        lock (_lock)
        {
            _gaveUpAt = time.GetTimestamp();
            Reset();
        }
    }

    /// <summary>Waits while events can be published.</summary>
    public Task UntilAwayAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _isAway.Task.WaitAsync(cancellationToken);
    }

    private void Reset()
    {
        if (_isAway.Task.IsCompleted)
            _isAway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
