namespace ModelEvents.Receivers;

/// <summary>Receivers to be called for one instance.</summary>
internal sealed record PlannedCall(Receiver[] Receivers, object Model, ReceiverContext Context)
{
    /// <summary>Whether what it is called for is still to come. Receivers before a save may take it back for others.</summary>
    public Func<bool> IsDue { get; init; } = () => true;
}
