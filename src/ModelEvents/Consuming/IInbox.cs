namespace ModelEvents.Consuming;

/// <summary>
/// Remembers in the consumer's own database which events were handled, so that one that is delivered twice is handled
/// once.
/// </summary>
public interface IInbox
{
    /// <summary>
    /// Calls <paramref name="handle"/> in a transaction that also notes the event, unless it is noted already. An exception
    /// of <paramref name="handle"/> rolls both back. Of two concurrent deliveries the later one waits for the earlier.
    /// </summary>
    Task<InboxOutcome> HandleAsync(
        InboxMessage message, Func<CancellationToken, Task> handle, CancellationToken cancellationToken);
}
