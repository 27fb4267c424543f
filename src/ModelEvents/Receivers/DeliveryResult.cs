namespace ModelEvents;

/// <summary>How an attempt to publish an event has ended.</summary>
/// <param name="Outcome">What became of the event.</param>
/// <param name="Duration">From handing it to the publisher, together with the others of its batch, to the outcome.</param>
/// <param name="Error">Why it is not published.</param>
public sealed record DeliveryResult(DeliveryOutcome Outcome, TimeSpan Duration, string? Error);
