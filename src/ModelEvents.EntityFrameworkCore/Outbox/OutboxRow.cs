using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// An event as a row of the outbox table. There is no unique index on <see cref="EventId"/>: nothing looks it up while
/// events flow, and refusing a row whose commit was in doubt would fail a save that a repeated event does not harm.
/// </summary>
internal sealed class OutboxRow
{
    public long Id { get; set; }

    /// <summary>The handler that it waits for; empty for the broker, as a key has no null.</summary>
    public string Handler { get; set; } = "";

    public Guid EventId { get; set; }

    public string Name { get; set; } = "";

    public string Service { get; set; } = "";

    public string Model { get; set; } = "";

    public string Key { get; set; } = "";

    public short Lane { get; set; }

    public byte[] Body { get; set; } = [];

    /// <summary>JSON of <see cref="ModelEvent.Headers"/>.</summary>
    public string Headers { get; set; } = "{}";

    public DateTimeOffset OccurredAt { get; set; }

    /// <summary>Above 0 in every row that waits for its retry or is parked: the index of those rows counts on it.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? RetryAt { get; set; }

    public DateTimeOffset? ParkedAt { get; set; }

    public string? Error { get; set; }

    public static OutboxRow Of(ModelEvent waiting) => new()
    {
        Handler = waiting.Handler ?? "",
        EventId = waiting.Id,
        Name = waiting.Name,
        Service = waiting.Service,
        Model = waiting.Model,
        Key = waiting.Key,
        Lane = waiting.Lane,
        Body = waiting.Body.ToArray(),
        Headers = EventHeaders.ToJson(waiting.Headers),
        OccurredAt = waiting.OccurredAt,
    };

    public ModelEvent ToEvent() => new()
    {
        Sequence = Id,
        Id = EventId,
        Name = Name,
        Service = Service,
        Model = Model,
        Key = Key,
        Body = Body,
        Headers = EventHeaders.FromJson(Headers),
        OccurredAt = OccurredAt,
        Targets = Handler.Length > 0 ? EventTargets.Of(Handler) : null,
    };

    public ParkedEvent ToParkedEvent() => new(ToEvent(), Attempts, ParkedAt!.Value, Error ?? "")
    {
        Handler = Handler.Length > 0 ? Handler : null,
    };
}
