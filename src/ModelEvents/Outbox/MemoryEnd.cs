using Microsoft.Extensions.Logging;

namespace ModelEvents.Outbox;

/// <summary>
/// The end of delivery from memory: what waited in it was delivered for the last time. What is saved later is lost, and told: as
/// soon as it is as much again as was told last, and all of it when the program ends.
/// </summary>
internal sealed class MemoryEnd(ILogger<MemoryOutbox> log) : IDisposable
{
    private readonly Dictionary<string, (int Lost, int Told)> _counts = new(StringComparer.Ordinal);
    private volatile bool _isReached;

    public bool IsReached => _isReached;

    /// <summary>Nothing is delivered from memory any more.</summary>
    public void Reach() => _isReached = true;

    public void Lost(string outbox, int events)
    {
        lock (_counts)
        {
            var (lost, told) = _counts.GetValueOrDefault(outbox);
            lost += events;
            if (lost >= told * 2)
                Log.SavedTooLate(log, outbox, told = lost);
            _counts[outbox] = (lost, told);
        }
    }

    /// <summary>Tells what was not told yet.</summary>
    public void Dispose()
    {
        lock (_counts)
        {
            foreach (var (outbox, (lost, told)) in _counts)
            {
                if (lost > told)
                    Log.SavedTooLate(log, outbox, lost);
            }

            _counts.Clear();
        }
    }
}
