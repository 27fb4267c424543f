namespace ModelEvents.Outbox;

/// <summary>The one session on a <see cref="MemoryOutbox"/>: it has all lanes.</summary>
internal sealed class MemorySession(MemoryOutbox outbox, TargetSignals signals) : IOutboxSession
{
    public Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        var due = signals.Of(slice.Handler);
        var lanes = LaneSet.Of(slice);
        due.Take(lanes);
        var claimed = outbox.Claim(slice, max);

        if (claimed.Count == max)
            due.Raise(lanes);

        return Task.FromResult<IReadOnlyList<OutboxEntry>>(claimed);
    }

    public Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        outbox.Complete(slice.Handler, published, failed);
        signals.Of(slice.Handler).Raise(LaneSet.Of(slice));
        return Task.CompletedTask;
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        signals.Of(slice.Handler).WaitAsync(LaneSet.Of(slice), atMost, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
