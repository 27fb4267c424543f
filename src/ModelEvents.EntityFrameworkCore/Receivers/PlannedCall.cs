namespace ModelEvents.Receivers;

/// <summary>Receivers to be called for one instance.</summary>
internal sealed record PlannedCall(Receiver[] Receivers, object Model, ReceiverContext Context);
