namespace ModelEvents.Publishing;

/// <summary>Puts events on a broker and reports each one's outcome.</summary>
public interface IEventPublisher
{
    /// <summary>
    /// Publishes <paramref name="events"/> and returns their outcomes, in the same positions, once the broker has confirmed
    /// or refused each of them. Events of the same model and key reach the broker in the order given, and once one of them
    /// is not confirmed its successors are not counted as confirmed; others go in parallel.
    /// Called concurrently by the dispatcher's workers, never with the same key at the same time.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled; events may or may not have been published.
    /// </exception>
    Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken);
}
