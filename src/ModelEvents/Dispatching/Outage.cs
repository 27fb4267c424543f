namespace ModelEvents.Dispatching;

/// <summary>Whether something the dispatcher needs is away. Says so once when it goes, and once when it is back.</summary>
internal sealed class Outage(Action<string, Exception?> wentAway, Action cameBack)
{
    private int _ongoing;

    public bool Ongoing => Volatile.Read(ref _ongoing) == 1;

    public void Begin(string reason, Exception? exception)
    {
        if (Interlocked.Exchange(ref _ongoing, 1) == 0)
            wentAway(reason, exception);
    }

    public void End()
    {
        if (Ongoing && Interlocked.Exchange(ref _ongoing, 0) == 1)
            cameBack();
    }
}
