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
}
