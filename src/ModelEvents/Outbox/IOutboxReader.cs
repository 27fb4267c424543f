namespace ModelEvents.Outbox;

/// <summary>
/// The dispatcher's side of an outbox: where events wait until the broker confirmed them. One instance serves one
/// database (or one process, for <c>Direct</c>); all members may be called concurrently.
/// </summary>
public interface IOutboxReader
{
    /// <summary>A short name for logs, metrics and health, such as <c>ShopContext</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether waiting events outlive the process. Where they do not, a shutdown publishes all of them first.
    /// </summary>
    bool IsDurable => true;

    /// <summary>
    /// Joins the processes that dispatch this outbox. The session leases a fair share of the lanes until it is disposed or
    /// its process dies.
    /// </summary>
    /// <exception cref="Exception">The outbox cannot be reached; the dispatcher backs off and opens again.</exception>
    Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Says that events may have been committed by this process, so that whoever leases their lanes looks now.</summary>
    void Wake();

    /// <summary>Completes once <see cref="Wake"/> was called since the last call; used where this process does not dispatch.</summary>
    Task WokenAsync(CancellationToken cancellationToken);

    /// <summary>Tells the other processes that events were committed.</summary>
    Task NotifyOthersAsync(CancellationToken cancellationToken);

    /// <summary>Counts what waits.</summary>
    Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The parked events, oldest first, at most <paramref name="limit"/> of them. One that is parked for several of its
    /// targets is there for each (<see cref="ParkedEvent.Handler"/>).
    /// </summary>
    /// <param name="limit">The most to list.</param>
    /// <param name="handler">
    /// The handler whose parked events they are, an empty name for those of the broker, or <see langword="null"/> for all.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(int limit, string? handler, CancellationToken cancellationToken);

    /// <summary>The parked events of all targets.</summary>
    /// <inheritdoc cref="ListParkedAsync(int, string?, CancellationToken)"/>
    Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(int limit, CancellationToken cancellationToken) =>
        ListParkedAsync(limit, handler: null, cancellationToken);

    /// <summary>Makes parked events due again with their attempts back at 0; returns how many there were.</summary>
    /// <param name="eventIds">Their ids, or <see langword="null"/> for all.</param>
    /// <param name="handler">
    /// The handler that they are parked for, an empty name for the broker, or <see langword="null"/> for all their targets.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken);

    /// <summary>The same for all targets of the events.</summary>
    /// <inheritdoc cref="RetryParkedAsync(IReadOnlyCollection{Guid}?, string?, CancellationToken)"/>
    Task<int> RetryParkedAsync(IReadOnlyCollection<Guid>? eventIds, CancellationToken cancellationToken) =>
        RetryParkedAsync(eventIds, handler: null, cancellationToken);

    /// <summary>Deletes parked events for good; returns how many there were.</summary>
    /// <param name="eventIds">Their ids.</param>
    /// <param name="handler">
    /// The handler that they are parked for, an empty name for the broker, or <see langword="null"/> for all their targets.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken);

    /// <summary>The same for all targets of the events.</summary>
    /// <inheritdoc cref="DiscardParkedAsync(IReadOnlyCollection{Guid}, string?, CancellationToken)"/>
    Task<int> DiscardParkedAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken) =>
        DiscardParkedAsync(eventIds, handler: null, cancellationToken);
}
