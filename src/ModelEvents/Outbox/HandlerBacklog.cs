namespace ModelEvents.Outbox;

/// <summary>What an outbox keeps for one handler.</summary>
/// <param name="Waiting">Events that the handler has yet to handle, without the parked ones.</param>
/// <param name="Parked">Events that it could not handle, until someone decides.</param>
public sealed record HandlerBacklog(long Waiting, long Parked);
