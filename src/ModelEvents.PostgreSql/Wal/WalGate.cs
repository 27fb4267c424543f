using ModelEvents.LogCapture;
using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// Holds events back until their transaction can be seen: the server sends its log when it is on disk, while the commit may
/// still wait for a standby (<c>synchronous_standby_names</c>), and a failover takes such a transaction back. Asks for a
/// snapshot only where the last one does not show what was read, once for all that was read until then.
/// </summary>
internal sealed class WalGate(
    WalSnapshots snapshots, TargetQueues events, Action settled, TimeProvider time, CancellationToken closing)
    : IAsyncDisposable
{
    // As much as this waits here; then nothing more is read.
    private const int MostEvents = 1000;
    private const long MostBytes = 16 << 20;

    // Between looks at the same transactions: they leave within the longest of these after they can be seen.
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);

    // Under load transactions share a look.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(2);

    // A connection that stayed would keep the server from being shut down.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly LinkedList<GatedEvents> _waiting = [];
    private readonly BufferRoom _room = new(MostEvents, MostBytes);
    private TaskCompletionSource _looked = NewLook();
    private WalSnapshot _last = WalSnapshot.None;
    private WalTransaction? _awaited;
    private long _read;
    private long _readAtLook;
    private bool _handsOn;
    private bool _hasShown;

    /// <summary>Whether everything that was read has left.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _waiting.Count == 0 && !_handsOn;
        }
    }

    /// <summary>Whether it is yet to be found out if what was read can be seen.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_lock)
                return _handsOn || _readAtLook < _read;
        }
    }

    /// <summary>What waits here and for the workers.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting
    {
        get
        {
            var (count, oldest) = events.Waiting;
            lock (_lock)
            {
                var first = _waiting.First?.Value.Oldest;
                return (count + _waiting.Sum(one => one.Count), first < oldest ? first : oldest ?? first);
            }
        }
    }

    /// <summary>Whether anything is yet to be seen.</summary>
    private bool Waits
    {
        get
        {
            lock (_lock)
                return _waiting.Count > 0 || _awaited is not null;
        }
    }

    /// <summary>
    /// Takes events that were read: to the workers where the last snapshot shows their transaction and nothing waits. Then
    /// waits until there is room for more.
    /// </summary>
    public async Task AddAsync(LogEvents read, WalTransaction transaction, CancellationToken cancellationToken)
    {
        var added = new GatedEvents(read.Events as ModelEvent[] ?? [.. read.Events], read.Failed, transaction);
        if (TryHold(added, out var room))
            Ask();
        else
            await HandOnAsync([added]).ConfigureAwait(false);
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        await events.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a transaction that is being read can be seen.</summary>
    public async Task UntilShownAsync(WalTransaction transaction, CancellationToken cancellationToken)
    {
        while (NextLook(transaction) is { } look)
        {
            Ask();
            await look.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Looks whenever something waits.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var rest = FirstRest;
        while (true)
        {
            rest = await AskedAsync(rest, cancellationToken).ConfigureAwait(false) ? FirstRest : Longer(rest);
            var began = time.GetTimestamp();
            await LookAsync(cancellationToken).ConfigureAwait(false);
            if (rest == LongestRest && Waits)
                await snapshots.ThrowIfAwaitedAsync(cancellationToken).ConfigureAwait(false);

            await events.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            if (ShortestInterval - time.GetElapsedTime(began) is { Ticks: > 0 } left)
                await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await snapshots.DisposeAsync().ConfigureAwait(false);
        _asked.Dispose();
    }

    private static TaskCompletionSource NewLook() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Longer(TimeSpan rest) => 2 * rest < LongestRest ? 2 * rest : LongestRest;

    private bool TryHold(GatedEvents added, out Task room)
    {
        lock (_lock)
        {
            room = Task.CompletedTask;
            if (_waiting.Count == 0 && !_handsOn && _last.Shows(added.Transaction.Id))
                return false;

            added.Transaction.Hold();
            _waiting.AddLast(added);
            _read++;
            Array.ForEach(added.Events, _room.Take);
            room = _room.UntilAnyAsync();
            return true;
        }
    }

    /// <summary>The end of the next look, or <see langword="null"/> once the transaction is shown.</summary>
    private Task? NextLook(WalTransaction transaction)
    {
        lock (_lock)
        {
            _awaited = _last.Shows(transaction.Id) ? null : transaction;
            return _awaited is null ? null : _looked.Task;
        }
    }

    private void Ask()
    {
        if (_asked.CurrentCount == 0)
            _asked.Release();
    }

    /// <summary>Waits until something was read, or the rest is over. Returns whether something was.</summary>
    private async Task<bool> AskedAsync(TimeSpan rest, CancellationToken cancellationToken)
    {
        var waits = Waits;
        if (await _asked.WaitAsync(waits ? rest : IdleTimeout, cancellationToken).ConfigureAwait(false))
            return true;
        if (waits)
            return false;
        await snapshots.CloseAsync().ConfigureAwait(false);
        await _asked.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        long read;
        lock (_lock)
            read = _read;

        var shown = TakeShown(await snapshots.TakeAsync(cancellationToken).ConfigureAwait(false), read);
        if (shown.Count == 0)
            return;

        if (!_hasShown)
            snapshots.Shown();
        _hasShown = true;
        await HandOnAsync(shown).ConfigureAwait(false);
        lock (_lock)
        {
            foreach (var one in shown)
            {
                one.Transaction.LetGo();
                Array.ForEach(one.Events, _room.GiveBack);
            }

            _handsOn = false;
            _room.Tell();
        }
    }

    /// <summary>Takes out what a snapshot shows, unless an event of the same entity before it is not shown.</summary>
    private List<GatedEvents> TakeShown(WalSnapshot snapshot, long read)
    {
        lock (_lock)
        {
            (_last, _readAtLook) = (snapshot, read);
            _looked.SetResult();
            _looked = NewLook();
            var shown = new List<GatedEvents>();
            HashSet<Entity>? held = null;
            for (var node = _waiting.First; node is not null;)
            {
                var (next, one) = (node.Next, node.Value);
                if (snapshot.Shows(one.Transaction.Id) && (held is null || !Array.Exists(one.Events, IsHeld)))
                {
                    _waiting.Remove(node);
                    shown.Add(one);
                }
                else
                {
                    (held ??= []).UnionWith(one.Events.Select(EntityOf));
                }

                node = next;
            }

            _handsOn = shown.Count > 0;
            return shown;

            bool IsHeld(ModelEvent one) => held.Contains(EntityOf(one));
        }
    }

    private async Task HandOnAsync(List<GatedEvents> shown)
    {
        var failed = shown is [var only] ? only.Failed : [.. shown.SelectMany(one => one.Failed)];
        await events.AddAsync(shown.ConvertAll(one => (one.Events, (EventGroup)one.Transaction)), failed, closing)
            .ConfigureAwait(false);
        if (events.HasFollowing)
            settled();
    }

    private static Entity EntityOf(ModelEvent one) => (one.Model, one.Key);
}
