namespace ModelEvents.Outbox;

/// <summary>A session that may take over, while it is open, what another process has read so far.</summary>
internal interface ITakeoverSession
{
    /// <summary>Called when it is about to: before it reads any of that.</summary>
    Func<CancellationToken, Task>? TakingOver { set; }
}
