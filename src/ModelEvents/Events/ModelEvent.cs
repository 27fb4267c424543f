using ModelEvents.Handlers;

namespace ModelEvents;

/// <summary>
/// A named message made from one committed change of a listed model, or an own event that code has triggered.
/// </summary>
public sealed record ModelEvent
{
    /// <summary>The event's identity: a UUID of version 7, fixed at capture, the same on every redelivery.</summary>
    public required Guid Id { get; init; }

    /// <summary>The event's name, which is also its routing key, such as <c>order__created</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The service that publishes the event; its exchange is <c>&lt;service&gt;.events</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The full name of the listed model, such as <c>Shop.Order</c>; empty for an own event.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The instance's key: the stored value in invariant form, or for a composite key a JSON array of its values. For an
    /// own event the key it was triggered with, or else its id. Events of the same <see cref="Model"/> and key keep their
    /// order.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The serializer's JSON in UTF-8, without a byte order mark.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Headers beyond those that follow from the other properties, under their name on the wire
    /// (<see cref="EventHeaders"/>).
    /// </summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>When the change was captured or the event triggered, in UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>
    /// A number that grows with every event of the same model and key; given by the outbox, 0 before.
    /// </summary>
    public long Sequence { get; init; }

    /// <summary>Where the event goes, where that is not the broker alone.</summary>
    internal EventTargets? Targets { get; init; }

    /// <summary>
    /// The handler that this one is for, or <see langword="null"/> for the broker, once there is one for each of its targets.
    /// </summary>
    internal string? Handler => Targets?.Only;

    /// <summary>The lane that keeps the order of this event's entity; see <see cref="Outbox.Lane"/>.</summary>
    public short Lane => Outbox.Lane.Of(Model, Key);

    /// <summary>The same event for one handler.</summary>
    internal ModelEvent For(string handler) => this with { Targets = EventTargets.Of(handler) };
}
