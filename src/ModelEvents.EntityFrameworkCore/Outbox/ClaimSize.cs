namespace ModelEvents.Outbox;

/// <summary>How many events are claimed at a time, by the size of those before: bodies may be large.</summary>
internal sealed class ClaimSize
{
    /// <summary>After so many bytes of bodies no more are taken in.</summary>
    public const long MostBytes = 16 << 20;

    private long _bytesEach;

    /// <summary>At most so many, and as many as fit into memory if the next are like the last.</summary>
    public int AtMost(int max)
    {
        var each = Volatile.Read(ref _bytesEach);
        return each == 0 ? max : (int)Math.Clamp(MostBytes / each, 1, max);
    }

    /// <summary>Takes note of what was claimed.</summary>
    public void Note(List<OutboxEntry> claimed)
    {
        if (claimed.Count == 0)
            return;

        var bytes = 0L;
        foreach (var entry in claimed)
            bytes += entry.Event.Body.Length;
        Volatile.Write(ref _bytesEach, bytes / claimed.Count);
    }
}
