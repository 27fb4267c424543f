namespace ModelEvents.Outbox;

/// <summary>What a process has last seen of a context's publication, whichever session it was in.</summary>
internal sealed class SeenPublication
{
    public LogPublication? State { get; private set; }

    public DateTimeOffset At { get; private set; }

    public void Note(LogPublication state, DateTimeOffset at) => (State, At) = (state, at);
}
