namespace ModelEvents.Outbox;

/// <summary>An event that waits in memory.</summary>
internal sealed class MemoryRow(ModelEvent waiting)
{
    private const int Overhead = 500;

    private DateTimeOffset? _retryAt;
    private DateTimeOffset? _parkedAt;
    private string _error = "";
    private bool _isHeldForQueue;

    public ModelEvent Event => waiting;

    /// <summary>About how much memory it takes.</summary>
    public long Bytes { get; } = BytesOf(waiting);

    public short Lane { get; } = waiting.Lane;

    public (string Model, string Key) Entity => (waiting.Model, waiting.Key);

    public int Attempts { get; private set; }

    public bool IsParked => _parkedAt is not null;

    /// <summary>Whether it is parked until a queue is bound.</summary>
    public bool IsHeldForQueue => IsParked && _isHeldForQueue;

    public bool IsHeld(DateTimeOffset now) => IsParked || _retryAt > now;

    public void Fail(FailedEvent failure, DateTimeOffset now)
    {
        Attempts = failure.Attempts;
        _error = failure.Error;
        _retryAt = now + failure.RetryAfter;
        _parkedAt = failure.RetryAfter is null ? now : null;

        // Asked for every parked event whenever another fails.
        _isHeldForQueue = IsParked && HeldText.Explains(waiting, _error);
    }

    /// <inheritdoc cref="Bytes"/>
    public static long BytesOf(ModelEvent one)
    {
        var characters = (long)one.Key.Length;
        foreach (var (name, value) in one.Headers)
            characters += name.Length + value.Length;
        return Overhead + one.Body.Length + (characters * sizeof(char));
    }

    public void StartOver() => (Attempts, _parkedAt) = (0, null);

    public ParkedEvent ToParkedEvent() => new(waiting, Attempts, _parkedAt!.Value, _error)
    {
        Handler = waiting.Handler,
    };
}
