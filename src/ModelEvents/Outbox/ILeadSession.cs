namespace ModelEvents.Outbox;

/// <summary>A session that takes events which others could take in its place.</summary>
internal interface ILeadSession : IOutboxSession
{
    /// <summary>When this session has begun to, as a timestamp; <see langword="null"/> while it stands by.</summary>
    long? LeadsSince { get; }

    /// <summary>Whether another process waits for its turn, which has not given up the last one a moment ago.</summary>
    Task<bool> IsAwaitedAsync(CancellationToken cancellationToken);
}
