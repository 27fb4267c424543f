namespace ModelEvents.Outbox;

/// <summary>A session that notes what was completed a little later in its database, together with others.</summary>
internal interface INotingSession : IOutboxSession
{
    /// <summary>
    /// What was completed as delivered and is not noted, when the session is closed: the handler, or an empty name for the
    /// broker, and the event's id. Some of it may have been noted.
    /// </summary>
    IEnumerable<(string Handler, Guid EventId)> Unnoted { get; }

    /// <summary>Waits until what was completed so far is noted as far as it can be.</summary>
    /// <exception cref="Exception">It cannot be; the session is lost.</exception>
    Task NoteAsync(CancellationToken cancellationToken);
}
