namespace ModelEvents.Dispatching;

/// <summary>When a worker's delivery ends.</summary>
/// <param name="Stopping">Cancelled when no other event is to be begun, where they are delivered one by one.</param>
/// <param name="Leaving">
/// Cancelled when what is in flight is not waited for: its outcome can no longer be noted, or nothing is waited for at all.
/// </param>
/// <param name="Ending">Cancelled when what is being published is not waited for.</param>
/// <param name="GivingUp">Cancelled when what is in flight is to end.</param>
internal readonly record struct DeliveryTokens(
    CancellationToken Stopping, CancellationToken Leaving, CancellationToken Ending, CancellationToken GivingUp)
{
    public bool HasEnded => Leaving.IsCancellationRequested || GivingUp.IsCancellationRequested;
}
