namespace ModelEvents;

/// <summary>An exception of a receiver that did not stop what it was called for.</summary>
/// <param name="Receiver">The full name of its class, or the name of a delegate.</param>
/// <param name="Model">The instance that it was called for.</param>
/// <param name="Exception">What it threw.</param>
public sealed record ReceiverFailure(string Receiver, object Model, Exception Exception);
