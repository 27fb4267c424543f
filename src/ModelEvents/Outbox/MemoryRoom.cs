using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;

namespace ModelEvents.Outbox;

/// <summary>
/// How much waits in memory, and whether a save may add to it. One that has begun may: it is refused, or waits, before it has
/// written anything.
/// </summary>
internal sealed class MemoryRoom
{
    // It is told once that there is room again, and not for each event that leaves while others take its place.
    private const double RoomAgain = 0.9;

    private readonly string _outbox;
    private readonly DirectOptions _options;
    private readonly HealthConditions _conditions;
    private readonly ILogger _log;
    private readonly CancellationToken _stopping;
    private readonly object _lock = new();
    private TaskCompletionSource _freed = NewSignal();
    private long _bytes;
    private long _events;
    private bool _isToldFull;
    private int _waiting;

    public MemoryRoom(
        string outbox,
        IOptions<ModelEventsOptions> options,
        HealthConditions conditions,
        ILogger<MemoryOutbox> log,
        IHostApplicationLifetime? lifetime = null)
    {
        (_outbox, _options, _conditions, _log) = (outbox, options.Value.Direct, conditions, log);
        _stopping = lifetime?.ApplicationStopping ?? CancellationToken.None;
        _stopping.Register(Signal);
    }

    private bool IsFull => !HasRoom(1);

    private long MaxBytes => (long)_options.MaxMegabytes << 20;

    private bool Waits => _options.WhenFull is FullMemory.Wait && !_stopping.IsCancellationRequested;

    public void Take(MemoryRow row)
    {
        Interlocked.Increment(ref _events);
        Interlocked.Add(ref _bytes, row.Bytes);
    }

    /// <summary>A row has left. <see cref="TellRoomIfAny"/> is to follow those that leave at once.</summary>
    public void Free(MemoryRow row)
    {
        Interlocked.Decrement(ref _events);
        Interlocked.Add(ref _bytes, -row.Bytes);
    }

    /// <summary>Whether no save may begin in a transaction that holds as much as this already.</summary>
    public bool IsFullWith(int events, long bytes) => !HasRoom(1, events, bytes);

    /// <summary>Returns once a save may begin, in a transaction that holds as much as this already.</summary>
    /// <exception cref="InvalidOperationException">Memory is full.</exception>
    public void Admit(int heldEvents, long heldBytes)
    {
        if (Passes(heldEvents, heldBytes))
            return;

        while (IsFull)
        {
            TellFull();
            lock (_lock)
            {
                Interlocked.Increment(ref _waiting);
                if (IsStillFull())
                    Monitor.Wait(_lock);
                Interlocked.Decrement(ref _waiting);
            }
        }

        TellRoomIfAny();
    }

    /// <inheritdoc cref="Admit"/>
    public async Task AdmitAsync(int heldEvents, long heldBytes, CancellationToken cancellationToken)
    {
        if (Passes(heldEvents, heldBytes))
            return;

        while (IsFull)
        {
            TellFull();
            Interlocked.Increment(ref _waiting);
            try
            {
                var freed = Volatile.Read(ref _freed).Task;
                if (IsStillFull())
                    await freed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        TellRoomIfAny();
    }

    /// <summary>Lets those that wait go on, and tells that there is room again, if there is.</summary>
    public void TellRoomIfAny()
    {
        // A save that waits is counted before it looks a last time, and what has left is before this looks.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0 && !IsFull)
            Signal();
        if (!Volatile.Read(ref _isToldFull) || !HasRoom(RoomAgain))
            return;

        Volatile.Write(ref _isToldFull, false);
        if (_conditions.End(Key))
            Log.MemoryHasRoom(_log, _outbox);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool HasRoom(double share, int heldEvents = 0, long heldBytes = 0) =>
        Interlocked.Read(ref _events) + heldEvents < _options.MaxEvents * share
        && Interlocked.Read(ref _bytes) + heldBytes < MaxBytes * share;

    /// <summary>
    /// Whether a transaction that holds events already goes on. It never waits: what makes room may wait for its locks, or be
    /// its own commit.
    /// </summary>
    /// <exception cref="InvalidOperationException">It holds too much.</exception>
    private bool Passes(int heldEvents, long heldBytes)
    {
        if (heldEvents == 0 || (IsFull && !Waits))
            return false;
        if (Waits && heldEvents < _options.MaxEvents && heldBytes < MaxBytes)
            return true;

        throw new InvalidOperationException(
            $"The memory of '{_outbox}' has no room for more of a transaction that holds {heldEvents} events of "
            + $"{heldBytes >> 20} MB already. Commit in between, or raise 'Direct:MaxEvents' or 'Direct:MaxMegabytes'.");
    }

    private bool IsStillFull()
    {
        Interlocked.MemoryBarrier();
        return IsFull;
    }

    private void TellFull()
    {
        var text = $"The memory of '{_outbox}' is full: {Interlocked.Read(ref _events)} events of "
            + $"{Interlocked.Read(ref _bytes) >> 20} MB wait in it. See why they are not published, or raise 'Direct:MaxEvents' or "
            + "'Direct:MaxMegabytes'.";
        if (_conditions.Begin(Key, HealthConditionKind.Fails, text))
            Log.MemoryFull(_log, text, _options.WhenFull);
        Volatile.Write(ref _isToldFull, true);

        // It may have become empty meanwhile, where nothing leaves any more that would tell so.
        TellRoomIfAny();
        if (!Waits)
            throw new InvalidOperationException(text);
    }

    private void Signal()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
        Interlocked.Exchange(ref _freed, NewSignal()).TrySetResult();
    }

    private string Key => $"memory:{_outbox}";
}
