using ModelEvents.Diagnostics;

namespace ModelEvents.Dispatching;

/// <summary>
/// Whether something the dispatcher needs is away. Says so when it goes, once for each reason, as the first is often not the
/// last; and once when it is back.
/// </summary>
internal sealed class Outage(Action<string, Exception?> wentAway, Action cameBack)
{
    // Reasons that differ each time must not fill the log.
    private const int MostReasons = 10;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public bool Ongoing
    {
        get
        {
            lock (_lock)
                return _told.Count > 0;
        }
    }

    public void Begin(string reason, Exception? exception)
    {
        lock (_lock)
        {
            if (_told.Count == MostReasons || !_told.Add(reason))
                return;
        }

        wentAway(Sentence.Of(reason), exception);
    }

    public void End()
    {
        lock (_lock)
        {
            if (_told.Count == 0)
                return;

            _told.Clear();
        }

        cameBack();
    }
}
