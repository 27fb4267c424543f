namespace ModelEvents.Outbox;

/// <summary>
/// What was last seen of a context's publication, by any session of this process; and, at its first look, by the processes
/// before it.
/// </summary>
internal sealed class SeenPublication
{
    private bool _isKept;

    public LogPublication? State { get; private set; }

    public DateTimeOffset At { get; private set; }

    /// <summary>When it was last seen to be as it is kept in the database.</summary>
    public DateTimeOffset? KeptAt => _isKept ? At : null;

    /// <summary>Recalls what was kept, unless this process has looked itself.</summary>
    public async Task RecallAsync(SlotRecords records, CancellationToken cancellationToken)
    {
        if (State is null && await records.ReadSeenAsync(cancellationToken).ConfigureAwait(false) is (var state, var at))
            (State, At, _isKept) = (state, at, true);
    }

    public void Note(LogPublication state, DateTimeOffset at)
    {
        _isKept &= State?.IsAs(state) == true;
        (State, At) = (state, at);
    }

    /// <summary>Keeps it for the next process, where it is not as it was kept before.</summary>
    public async Task KeepAsync(SlotRecords records, bool isNewRecord, CancellationToken cancellationToken)
    {
        if (State is not null && (!_isKept || isNewRecord))
            _isKept = await records.KeepSeenAsync(State, At, cancellationToken).ConfigureAwait(false);
    }
}
