namespace ModelEvents.Outbox;

/// <summary>
/// One process's membership in the dispatching of an outbox. Workers use it concurrently, each with its own
/// <see cref="LaneSlice"/>; a worker claims again only after it completed what it claimed before.
/// An exception from any member means that the session is lost: dispose it and open another.
/// </summary>
public interface IOutboxSession : IAsyncDisposable
{
    /// <summary>
    /// The next due events of the leased lanes in <paramref name="slice"/>, in order. An event is not due while it or an
    /// earlier event of its model and key is parked or waits for its retry. Empty when nothing is due.
    /// </summary>
    Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a claim of <paramref name="slice"/>: <paramref name="published"/> leave the outbox, <paramref name="failed"/>
    /// are kept with their error, everything else claimed stays as it was. Not cancelled by a shutdown: what the broker
    /// confirmed must be recorded.
    /// </summary>
    Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken);

    /// <summary>
    /// Waits until events of <paramref name="slice"/> may be due or <paramref name="atMost"/> has passed, whichever is
    /// first. Returns whether it was woken.
    /// </summary>
    Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken);
}
