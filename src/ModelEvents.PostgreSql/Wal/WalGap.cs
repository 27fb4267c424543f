using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// A part of the log that can never be read: the server looks publications up as they were then, and refuses each change that
/// was made while the context's did not exist (https://www.postgresql.org/docs/current/logicaldecoding-explanation.html).
/// </summary>
internal sealed class WalGap(TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private DateTimeOffset? _foundAt;

    /// <summary>Whether the reader has done all that is before one.</summary>
    public bool IsFound
    {
        get
        {
            lock (_lock)
                return _foundAt is not null;
        }
    }

    /// <summary>
    /// Whether a reader of <paramref name="slot"/> that has failed so has met one. A slot that is gone is refused likewise, by
    /// its longer name.
    /// </summary>
    public static bool IsMet(Exception? exception, WalSlot slot) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedObject } refused
        && refused.MessageText.Contains(slot.Prefix, StringComparison.Ordinal)
        && !refused.MessageText.Contains(slot.Name, StringComparison.Ordinal);

    /// <summary>Notes it once all is done that is before it, or not at all.</summary>
    public async Task FindAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!isDone() && time.GetElapsedTime(began) < Timeout)
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);

        if (isDone())
            Find();
    }

    public void Find()
    {
        lock (_lock)
            _foundAt ??= time.GetUtcNow();
    }

    /// <summary>Says when it was found, and that it is passed.</summary>
    public DateTimeOffset Pass()
    {
        lock (_lock)
        {
            var foundAt = _foundAt ?? time.GetUtcNow();
            _foundAt = null;
            return foundAt;
        }
    }
}
