using Npgsql;
using NpgsqlTypes;

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
    private (DateTimeOffset At, NpgsqlLogSequenceNumber Confirmed)? _found;
    private NpgsqlLogSequenceNumber? _backAt;

    /// <summary>
    /// Whether a reader of <paramref name="slot"/> that has failed so has met one. A slot that is gone is refused likewise, by
    /// its longer name.
    /// </summary>
    public static bool IsMet(Exception? exception, WalSlot slot) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedObject } refused
        && refused.MessageText.Contains(slot.Prefix, StringComparison.Ordinal)
        && !refused.MessageText.Contains(slot.Name, StringComparison.Ordinal);

    /// <summary>Notes it once all is done that is before it, or not at all.</summary>
    public async Task FindAsync(
        NpgsqlLogSequenceNumber confirmed, Func<Task<bool>> isDone, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        bool done;
        while (!(done = await isDone().ConfigureAwait(false)) && time.GetElapsedTime(began) < Timeout)
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);

        if (done)
            Find(confirmed);
    }

    /// <summary>Notes one whose reader has done all that is before it, and up to where it had told so.</summary>
    public void Find(NpgsqlLogSequenceNumber confirmed)
    {
        lock (_lock)
            (_found, _backAt) = ((_found?.At ?? time.GetUtcNow(), confirmed), null);
    }

    /// <summary>Notes where the log ended when the publication was first seen again: what follows can be read.</summary>
    public void Look(WalSlotState state)
    {
        lock (_lock)
        {
            if (_found is not null && state.HasPublication)
                _backAt ??= state.Written;
        }
    }

    /// <summary>
    /// When one was found, and to where to move the slot past it. Returns <see langword="null"/> where there is none, or the slot
    /// is not where its reader left it: another one has passed it since then, and what that left is yet to be read.
    /// </summary>
    public (DateTimeOffset FoundAt, NpgsqlLogSequenceNumber End)? WayPast(WalSlotState state)
    {
        lock (_lock)
        {
            var end = _backAt ?? state.Written;
            return _found is { } found && state.Confirmed <= found.Confirmed && end > state.Confirmed ? (found.At, end) : null;
        }
    }

    /// <summary>Forgets it.</summary>
    public void Pass()
    {
        lock (_lock)
            (_found, _backAt) = (null, null);
    }
}
