using ModelEvents.LogCapture;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;

namespace ModelEvents.Outbox;

/// <summary>
/// Collects the rows of the transaction that is being read, and hands the events on that <see cref="IRowCapture"/> makes of
/// them, in pieces: a transaction of any size takes the memory of one piece.
/// </summary>
internal sealed class RowStream(
    IRowCapture capture,
    ServerTypes types,
    Func<LogEvents, CancellationToken, Task> added,
    Func<CancellationToken, Task> untilShown)
{
    private const int MostRows = 500;
    private const long MostBytes = 1 << 20;

    private readonly LogTables _tables = new(capture, types);
    private readonly List<Func<CancellationToken, Task>> _earlier = [];
    private readonly HashSet<string> _models = [];
    private List<LogRow> _rows = [];
    private LogTransaction _transaction = new(0, default, null);
    private RowPositions _positions = new();
    private int _earlierRows;
    private long _bytes;

    private bool IsFull => _earlierRows + _rows.Count >= MostRows || _bytes >= MostBytes;

    public void Begin(BeginMessage begin)
    {
        _transaction = new LogTransaction(begin.TransactionXid, begin.TransactionCommitTimestamp, Origin: null)
        {
            Numbers = new LogNumbers(LogNumbers.Of((ulong)begin.TransactionFinalLsn)),
            UntilVisibleAsync = untilShown,
        };
        _positions = new RowPositions();
        _models.Clear();
        _tables.FollowList();
    }

    /// <summary>Takes what concerns rows; the rest is ignored.</summary>
    public ValueTask ReadAsync(PgOutputReplicationMessage message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case RelationMessage relation:
                _tables.Describe(relation);
                return ValueTask.CompletedTask;
            case InsertMessage insert:
                return ReadAsync(insert, insert.Relation, ChangeAction.Created, null, insert.NewRow, cancellationToken);
            case UpdateMessage update:
                return ReadAsync(
                    update, update.Relation, ChangeAction.Updated, BeforeOf(update), update.NewRow, cancellationToken);
            case KeyDeleteMessage delete:
                return ReadAsync(delete, delete.Relation, ChangeAction.Deleted, delete.Key, null, cancellationToken);
            case FullDeleteMessage delete:
                return ReadAsync(delete, delete.Relation, ChangeAction.Deleted, delete.OldRow, null, cancellationToken);
            case TruncateMessage truncate:
                return TruncateAsync(truncate, cancellationToken);
            default:
                return ValueTask.CompletedTask;
        }
    }

    /// <summary>Says who wrote the rows that follow.</summary>
    public void SetOrigin(string origin)
    {
        EndPart();
        _transaction = _transaction with { Origin = origin };
    }

    /// <summary>
    /// Hands something else on, of so many bytes, after the rows before it. What is in memory waits with them: the transaction
    /// may still be one that is read at once.
    /// </summary>
    public Task AddAsync(Func<CancellationToken, Task> handOn, long bytes, CancellationToken cancellationToken)
    {
        EndPart();
        if (_earlier.Count == 0)
            return handOn(cancellationToken);

        _earlier.Add(handOn);
        _bytes += bytes;
        return IsFull ? FlushPieceAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>
    /// Leaves out of a save's own events those of models whose rows this transaction has: a process that still captures
    /// them with the change tracker wrote both.
    /// </summary>
    public ModelEvent[] WithoutDoubles(ModelEvent[] events) =>
        _models.Count > 0 && events.Any(one => _models.Contains(one.Model))
            ? [.. events.Where(one => !_models.Contains(one.Model))]
            : events;

    /// <summary>Hands on what was collected, at the end of the transaction.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var handOn in _earlier)
            await handOn(cancellationToken).ConfigureAwait(false);
        _earlier.Clear();

        if (_rows.Count > 0)
            await CaptureAsync(_rows, _transaction, cancellationToken).ConfigureAwait(false);
        _rows.Clear();
        (_earlierRows, _bytes) = (0, 0);
    }

    private Task FlushPieceAsync(CancellationToken cancellationToken)
    {
        _transaction.Numbers.IsLarge();
        return FlushAsync(cancellationToken);
    }

    /// <summary>What follows is no part of the same changes.</summary>
    private void EndPart()
    {
        if (_rows.Count == 0)
            return;

        var (rows, transaction) = (_rows, _transaction);
        _earlier.Add(token => CaptureAsync(rows, transaction, token));
        _earlierRows += rows.Count;
        _rows = [];
    }

    private async Task CaptureAsync(List<LogRow> rows, LogTransaction transaction, CancellationToken cancellationToken)
    {
        var events = await capture.CaptureAsync(rows, transaction, cancellationToken).ConfigureAwait(false);
        await HandOnAsync(events, cancellationToken).ConfigureAwait(false);
    }

    private static ReplicationTuple? BeforeOf(UpdateMessage update) => update switch
    {
        FullUpdateMessage full => full.OldRow,
        IndexUpdateMessage key => key.Key,
        _ => null,
    };

    private async ValueTask ReadAsync(
        PgOutputReplicationMessage message,
        RelationMessage relation,
        ChangeAction action,
        ReplicationTuple? before,
        ReplicationTuple? after,
        CancellationToken cancellationToken)
    {
        var (ordinal, position) = (_positions.Count, _positions.Next(message.WalStart));
        if (_tables.ReaderOf(relation) is not { } reader)
            return;

        for (var events = LogNumbers.Room; events < reader.Plan.EventsOfRow; events += LogNumbers.Room)
            _positions.Next(message.WalStart);
        if (_positions.Count > LogNumbers.MostRows)
            _transaction.Numbers.IsLarge();
        if (IsFull && !MayEndMove(action, reader))
            await FlushPieceAsync(cancellationToken).ConfigureAwait(false);

        object?[]? was = null, becomes = null;
        if (before is not null)
            was = await ReadAsync(reader, before, cancellationToken).ConfigureAwait(false);
        if (after is not null)
            becomes = await ReadAsync(reader, after, cancellationToken).ConfigureAwait(false);

        var isWhole = was is not null && reader.MarkAbsent(was, message is FullUpdateMessage or FullDeleteMessage);
        _rows.Add(new LogRow(reader.Plan, action, was, becomes, isWhole, position) { Ordinal = ordinal });
    }

    /// <summary>Whether a row may be the second half of a move to another partition, which is one change.</summary>
    private bool MayEndMove(ChangeAction action, TableReader reader) =>
        action == ChangeAction.Created && _rows is [.., { Action: ChangeAction.Deleted } last] && last.Plan == reader.Plan;

    private async ValueTask<object?[]> ReadAsync(
        TableReader reader, ReplicationTuple row, CancellationToken cancellationToken)
    {
        var (values, bytes) = await reader.ReadAsync(row, cancellationToken).ConfigureAwait(false);
        _bytes += bytes;
        return values;
    }

    private async ValueTask TruncateAsync(TruncateMessage truncate, CancellationToken cancellationToken)
    {
        await FlushPieceAsync(cancellationToken).ConfigureAwait(false);

        foreach (var relation in truncate.Relations)
        {
            var events = capture.Truncated(
                _tables.Of(relation), _transaction, () => (_positions.Count, _positions.Next(truncate.WalStart)));
            await HandOnAsync(new LogEvents(events, []), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task HandOnAsync(LogEvents events, CancellationToken cancellationToken)
    {
        foreach (var one in events.Events)
            _models.Add(one.Model);

        return events.Events.Count == 0 ? Task.CompletedTask : added(events, cancellationToken);
    }
}
