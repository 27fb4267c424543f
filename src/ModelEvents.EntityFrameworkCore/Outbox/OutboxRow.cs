using System.ComponentModel;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// An event as a row of the outbox table. There is no unique index on <see cref="EventId"/>: nothing looks it up while
/// events flow, and refusing a row whose commit was in doubt would fail a save that a repeated event does not harm.
/// Public only for EF Core: its proxies derive from it, and its compiled models name it. Not to be used in code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class OutboxRow
{
    /// <summary>Its place in the order of events.</summary>
    public virtual long Id { get; set; }

    /// <summary>The handler that it waits for; empty for the broker, as a key has no null.</summary>
    public virtual string Handler { get; set; } = "";

    /// <summary>The id of the event, which is that of its message.</summary>
    public virtual Guid EventId { get; set; }

    /// <summary>The name of the event.</summary>
    public virtual string Name { get; set; } = "";

    /// <summary>The service that publishes it.</summary>
    public virtual string Service { get; set; } = "";

    /// <summary>The model that changed.</summary>
    public virtual string Model { get; set; } = "";

    /// <summary>The key of the instance.</summary>
    public virtual string Key { get; set; } = "";

    /// <summary>The lane that model and key fall into.</summary>
    public virtual short Lane { get; set; }

    /// <summary>What is published.</summary>
    public virtual byte[] Body { get; set; } = [];

    /// <summary>JSON of <see cref="ModelEvent.Headers"/>.</summary>
    public virtual string Headers { get; set; } = "{}";

    /// <summary>When the change was captured.</summary>
    public virtual DateTimeOffset OccurredAt { get; set; }

    /// <summary>Above 0 in every row that waits for its retry or is parked: the index of those rows counts on it.</summary>
    public virtual int Attempts { get; set; }

    /// <summary>Not to be tried before.</summary>
    public virtual DateTimeOffset? RetryAt { get; set; }

    /// <summary>Since when it is parked, if it is.</summary>
    public virtual DateTimeOffset? ParkedAt { get; set; }

    /// <summary>Why it failed last.</summary>
#pragma warning disable CA1716 // The column is called so, and nobody overrides it in another language.
    public virtual string? Error { get; set; }
#pragma warning restore CA1716

    internal static OutboxRow Of(ModelEvent waiting) => new()
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

    internal ModelEvent ToEvent() => new()
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

    internal ParkedEvent ToParkedEvent() => new(ToEvent(), Attempts, ParkedAt!.Value, Error ?? "")
    {
        Handler = Handler.Length > 0 ? Handler : null,
    };
}
