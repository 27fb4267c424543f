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
    private volatile bool _isToldFull;

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

    /// <summary>Whether no save may begin now.</summary>
    public bool IsFull => !HasRoom(1);

    private long MaxBytes => (long)_options.MaxMegabytes << 20;

    private bool Waits => _options.WhenFull is FullMemory.Wait && !_stopping.IsCancellationRequested;

    public void Take(MemoryRow row)
    {
        Interlocked.Increment(ref _events);
        Interlocked.Add(ref _bytes, row.Bytes);
    }

    public void Free(MemoryRow row)
    {
        Interlocked.Decrement(ref _events);
        Interlocked.Add(ref _bytes, -row.Bytes);
        TellRoomIfAny();
    }

    /// <summary>Returns once a save may begin.</summary>
    /// <exception cref="InvalidOperationException">Memory is full.</exception>
    public void Admit()
    {
        while (IsFull)
        {
            TellFull();
            lock (_lock)
            {
                if (IsFull)
                    Monitor.Wait(_lock);
            }
        }

        TellRoomIfAny();
    }

    /// <inheritdoc cref="Admit"/>
    public async Task AdmitAsync(CancellationToken cancellationToken)
    {
        while (IsFull)
        {
            TellFull();
            var freed = Volatile.Read(ref _freed).Task;
            if (IsFull)
                await freed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        TellRoomIfAny();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool HasRoom(double share) =>
        Interlocked.Read(ref _events) < _options.MaxEvents * share && Interlocked.Read(ref _bytes) < MaxBytes * share;

    private void TellFull()
    {
        var text = $"The memory of '{_outbox}' is full: {Interlocked.Read(ref _events)} events of "
            + $"{Interlocked.Read(ref _bytes) >> 20} MB wait in it. See why they are not published, or raise 'Direct:MaxEvents' or "
            + "'Direct:MaxMegabytes'.";
        if (_conditions.Begin(Key, HealthConditionKind.Fails, text))
            Log.MemoryFull(_log, text, _options.WhenFull);
        _isToldFull = true;
        if (!Waits)
            throw new InvalidOperationException(text);
    }

    private void TellRoomIfAny()
    {
        if (!_isToldFull || !HasRoom(RoomAgain))
            return;

        _isToldFull = false;
        if (_conditions.End(Key))
            Log.MemoryHasRoom(_log, _outbox);
        Signal();
    }

    private void Signal()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
        Interlocked.Exchange(ref _freed, NewSignal()).TrySetResult();
    }

    private string Key => $"memory:{_outbox}";
}
