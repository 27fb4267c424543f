namespace ModelEvents.Publishing;

/// <summary>The outcome of publishing one event.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Error">Why it was not confirmed, for a person to read; <see langword="null"/> where it was.</param>
public readonly record struct PublishOutcome(PublishStatus Status, string? Error = null)
{
    /// <summary>The broker confirmed the event.</summary>
    public static PublishOutcome Confirmed { get; } = new(PublishStatus.Confirmed);

    /// <summary>The event was not sent, because an earlier one of its key was not confirmed.</summary>
    public static PublishOutcome Held { get; } = new(PublishStatus.Held, "An earlier event of this key was not confirmed.");

    /// <summary>No queue receives the event; whether it is to be held for one is to be found out.</summary>
    internal static PublishOutcome Unsure { get; } = new(PublishStatus.Unbound, "No queue is bound to receive the event.");

    internal bool IsUnsure => Status is PublishStatus.Unbound && this == Unsure;
}
