namespace ModelEvents.Consuming;

/// <summary>What a received message says about its event, beside the body.</summary>
public sealed record ReceivedEvent
{
    /// <summary>The event's identity (<c>message_id</c>): the same each time the event is delivered.</summary>
    public required Guid Id { get; init; }

    /// <summary>The event's name, which is the routing key, such as <c>order__created</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The publishing service (<c>app_id</c>).</summary>
    public required string Service { get; init; }

    /// <summary>
    /// The full name of the changed model, such as <c>Shop.Order</c>. Empty for an own event, which no change made, and for an
    /// inbox, where the publisher is not ModelEvents: no more is known then than <see cref="Id"/>, <see cref="Name"/> and
    /// <see cref="Service"/>.
    /// </summary>
    public required string Model { get; init; }

    /// <summary>The key, as in <see cref="ModelEvent.Key"/>; one of more than 8 KiB is cut (<see cref="EventHeaders.Cut"/>).</summary>
    public required string Key { get; init; }

    /// <summary>What happened to the instance; <see langword="null"/> where <see cref="Model"/> is empty.</summary>
    public required ChangeAction? Action { get; init; }

    /// <summary>A number that grows with every event of the same model and key.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// The sequence of the event of the same model and key before this one; <see langword="null"/> where the publisher
    /// does not know it.
    /// </summary>
    public long? PreviousSequence { get; init; }

    /// <summary>
    /// Names of the changed properties as they stand in the default body; empty unless <see cref="Action"/> is
    /// <see cref="ChangeAction.Updated"/>, and <see langword="null"/> where an update's values before it are not known, or too many
    /// changed to name them.
    /// </summary>
    public IReadOnlyList<string>? ChangedProperties { get; init; } = [];

    /// <summary>The status before an update, where the model has a status field and the value is known.</summary>
    public string? PreviousStatus { get; init; }

    /// <summary>When the change was captured, in UTC and whole seconds, which is all that AMQP carries.</summary>
    public required DateTimeOffset OccurredAt { get; init; }
}
