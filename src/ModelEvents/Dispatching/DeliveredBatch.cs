using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>What became of a claimed batch.</summary>
/// <param name="size">How many events it has.</param>
internal sealed class DeliveredBatch(int size = 0)
{
    private readonly HashSet<(string Model, string Key)> _heldKeys = [];

    /// <summary>Events that leave the outbox.</summary>
    public List<ModelEvent> Published { get; } = new(size);

    /// <summary>Events that are retried later or parked.</summary>
    public List<FailedEvent> Failed { get; } = [];

    /// <summary>The services whose exchange takes nothing, each with the reason.</summary>
    public Dictionary<string, string> WithoutExchange { get; } = [];

    /// <summary>How long all events of those services rest: as long as each other, so that one finds out for all.</summary>
    public TimeSpan? ExchangeRest { get; set; }

    /// <summary>Why the publisher could not be reached, or <see langword="null"/> if it could.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>What the publisher threw instead of reporting outcomes, if it did.</summary>
    public Exception? Exception { get; private set; }

    /// <summary>Whether the batch was as large as a claim may be, so that more is probably due.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether it was delivered before, and is only to be noted.</summary>
    public bool IsRecalled { get; set; }

    /// <summary>Whether the broker said anything about any event, be it a refusal.</summary>
    public bool HasOutcomes => Published.Count + Failed.Count > 0;

    public bool Holds(ModelEvent item) => _heldKeys.Contains((item.Model, item.Key));

    public void Hold(ModelEvent item) => _heldKeys.Add((item.Model, item.Key));

    public void SetUnavailable(string reason, Exception? exception)
    {
        Unavailable ??= reason;
        Exception ??= exception;
    }
}
