using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Knows up to where the log may be forgotten: to the end of the last transaction before which, and in which, no event is
/// left.
/// </summary>
internal sealed class WalPositions(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<WalTransaction> _transactions = new();
    private readonly List<WalTransaction> _untold = [];
    private NpgsqlLogSequenceNumber _confirmed;
    private WalTransaction? _open;

    /// <summary>The end of the last transaction that is done, with all before it.</summary>
    public NpgsqlLogSequenceNumber LastDone { get; private set; }

    /// <summary>What was delivered of transactions that the server knows nothing of yet.</summary>
    public IReadOnlyList<(string Handler, Guid EventId)> Delivered
    {
        get
        {
            lock (_lock)
                return [.. _untold.Concat(_transactions).SelectMany(one => one.Delivered)];
        }
    }

    /// <summary>The transaction that is being read.</summary>
    public WalTransaction Open => _open ?? throw new InvalidOperationException(
        "The write-ahead log has a message of ModelEvents outside of a transaction. Write none by hand.");

    /// <summary>Whether all that was read of a transaction is done, but not yet its end.</summary>
    public bool AwaitsEnd => _open is { Left: 0 };

    /// <summary>
    /// Says where the slot is. What was open then is read from its begin, which may be before that: a position from there
    /// would move the slot back, and what was done come again.
    /// </summary>
    public void StartAt(NpgsqlLogSequenceNumber confirmed)
    {
        lock (_lock)
            _confirmed = confirmed;
    }

    public void Begin(uint transaction)
    {
        lock (_lock)
            _transactions.Enqueue(_open = new WalTransaction(transaction, time.GetTimestamp()));
    }

    public void End(NpgsqlLogSequenceNumber end)
    {
        lock (_lock)
        {
            Open.End = end;
            _open = null;
        }
    }

    /// <summary>
    /// The transactions that hold the position back before others that are done, wholly or in part. Not the one that is being
    /// read: more of it may follow.
    /// </summary>
    public HashSet<EventGroup> HoldingBack()
    {
        lock (_lock)
        {
            var read = _transactions.Where(one => one.End is not null).ToList();
            var last = read.FindLastIndex(one => one.IsBegun);
            return [.. read.Take(last + 1).Where(one => one.Left > 0)];
        }
    }

    /// <summary>Those of them that were read so long ago.</summary>
    public HashSet<EventGroup> HoldingBack(TimeSpan since)
    {
        lock (_lock)
        {
            if (!_transactions.TryPeek(out var first) || !IsOld(first))
                return [];
        }

        var all = HoldingBack();
        all.RemoveWhere(one => !IsOld((WalTransaction)one));
        return all;

        bool IsOld(WalTransaction one) => time.GetElapsedTime(one.ReadAt) >= since;
    }

    /// <summary>
    /// The position to confirm. Where nothing is left it is <paramref name="received"/>, which is thus to be asked for
    /// before.
    /// </summary>
    public NpgsqlLogSequenceNumber Confirm(NpgsqlLogSequenceNumber received)
    {
        lock (_lock)
        {
            while (_transactions.TryPeek(out var first) && first.IsDone)
            {
                LastDone = _confirmed = first.End!.Value;
                _untold.Add(_transactions.Dequeue());
            }

            if (_transactions.Count == 0 && received > _confirmed)
                _confirmed = received;

            return _confirmed;
        }
    }

    /// <summary>The server was told the position.</summary>
    public void Told()
    {
        lock (_lock)
            _untold.Clear();
    }
}
