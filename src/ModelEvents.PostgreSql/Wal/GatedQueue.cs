using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>What waits at a <see cref="WalGate"/>, and what the last snapshot shows.</summary>
internal sealed class GatedQueue
{
    // As much as this waits here; then nothing more is read.
    private const int MostEvents = 1000;
    private const long MostBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<GatedEvents> _waiting = [];
    private readonly BufferRoom _room = new(MostEvents, MostBytes);
    private TaskCompletionSource _looked = NewLook();
    private WalTransaction? _awaited;
    private long _held;
    private long _heldAtLook;
    private bool _handsOn;

    /// <summary>The last snapshot.</summary>
    public WalSnapshot Last { get; private set; } = WalSnapshot.None;

    /// <summary>Whether everything has been handed on.</summary>
    public bool IsEmpty => Under(() => _waiting.Count == 0 && !_handsOn);

    /// <summary>Whether it is yet to be found out if what came can be seen.</summary>
    public bool IsBehind => Under(() => _handsOn || _heldAtLook < _held);

    /// <summary>When the last was read of what is yet to be seen, as a timestamp of the clock.</summary>
    public long? YoungestSince => Under(() => _awaited?.ReadAt ?? _waiting.Last?.Value.Transaction.ReadAt);

    /// <summary>When the first was.</summary>
    public long? OldestSince => Under(() => (_waiting.First?.Value.Transaction ?? _awaited)?.ReadAt);

    /// <summary>How much has ever waited.</summary>
    public long Held => Under(() => _held);

    /// <summary>How many events wait, and when the first of them occurred.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting =>
        Under(() => (_waiting.Sum(one => one.Count), _waiting.First?.Value.Oldest));

    /// <summary>
    /// Holds events where the last snapshot does not show their transaction, or others wait or are being handed on: else
    /// returns false. Then <paramref name="room"/> ends when there is room for more.
    /// </summary>
    public bool TryHold(GatedEvents added, out Task room)
    {
        lock (_lock)
        {
            room = Task.CompletedTask;
            if (_waiting.Count == 0 && !_handsOn && Last.Shows(added.Transaction.Id))
                return false;

            added.Transaction.Hold();
            _waiting.AddLast(added);
            _held++;
            Array.ForEach(added.Events, _room.Take);
            room = _room.UntilAnyAsync();
            return true;
        }
    }

    /// <summary>The end of the next look, or <see langword="null"/> once the transaction is shown.</summary>
    public Task? NextLook(WalTransaction transaction)
    {
        lock (_lock)
        {
            _awaited = Last.Shows(transaction.Id) ? null : transaction;
            return _awaited is null ? null : _looked.Task;
        }
    }

    /// <summary>
    /// Takes out what a snapshot shows, to be handed on, unless an event of the same entity before it is not shown.
    /// </summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="held">How much had waited before it was taken.</param>
    public List<GatedEvents> TakeShown(WalSnapshot snapshot, long held)
    {
        lock (_lock)
        {
            (Last, _heldAtLook) = (snapshot, held);
            _looked.SetResult();
            _looked = NewLook();
            var shown = new List<GatedEvents>();
            HashSet<Entity>? back = null;
            for (var node = _waiting.First; node is not null;)
            {
                var (next, one) = (node.Next, node.Value);
                if (snapshot.Shows(one.Transaction.Id) && (back is null || !Array.Exists(one.Events, IsBack)))
                {
                    _waiting.Remove(node);
                    shown.Add(one);
                }
                else
                {
                    (back ??= []).UnionWith(one.Events.Select(EntityOf));
                }

                node = next;
            }

            _handsOn = shown.Count > 0;
            return shown;

            bool IsBack(ModelEvent one) => back.Contains(EntityOf(one));
        }
    }

    /// <summary>Says that what was shown has been handed on.</summary>
    public void HandedOn(List<GatedEvents> shown)
    {
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

    private static TaskCompletionSource NewLook() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Entity EntityOf(ModelEvent one) => (one.Model, one.Key);

    private T Under<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }
}
