using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Outbox;

/// <summary>
/// What PostgreSQL locks before events are appended whose transaction has locked no row of their entity: so that the
/// transaction that is given a number first is committed first. An owned collection in its own table, a link, or another table
/// of an inheritance locks the row that a change of the instance itself would write; the key of an own event, which has no row,
/// an advisory lock. All of one save are taken in one order, that of EF Core's updates, and end with the transaction.
/// https://www.postgresql.org/docs/current/explicit-locking.html
/// </summary>
internal sealed class EntityLocks
{
    /// <summary>
    /// How many keys of own events one transaction locks one by one: all transactions share the server's room for locks
    /// (<c>max_locks_per_transaction</c>). One with more locks all keys at once if no other has locked any: two that wait for
    /// all keys while each has some would never end.
    /// </summary>
    public const int MostKeys = 200;

    /// <summary>The most that it locks one by one where others have some. One with still more waits for them.</summary>
    public const int MostKeysBesideOthers = 1000;

    // Keys are not negative. Whoever locks all of them waits for those who share.
    private const long All = -0x6D65_6B65_7973;
    private const long Share = -1;
    private const long Exclude = -2;

    private const string Keys = "me_keys";
    private const string Npgsql = "Npgsql.EntityFrameworkCore.PostgreSQL";
    private const string Sqlite = "Microsoft.EntityFrameworkCore.Sqlite";

    private static readonly string LockKeys =
        $"""
        SELECT CASE key
            WHEN {Share} THEN pg_advisory_xact_lock_shared({All})
            WHEN {Exclude} THEN pg_advisory_xact_lock({All})
            ELSE pg_advisory_xact_lock(key) END
        FROM unnest(@{Keys}) AS key
        """;

    private static readonly string LockAllOrKeys =
        $"WITH others AS (SELECT NOT pg_try_advisory_xact_lock({All}) AS have_keys) {LockKeys}, others WHERE have_keys";

    private readonly DbContext _context;
    private readonly long[]? _keys;
    private readonly bool _mayLockAll;

    private EntityLocks(DbContext context, IReadOnlyList<Change> rows, long[]? keys, bool mayLockAll) =>
        (_context, Rows, _keys, _mayLockAll) = (context, rows, keys, mayLockAll);

    /// <summary>The changes whose rows are locked, in the order of that: those of a table follow each other.</summary>
    public IReadOnlyList<Change> Rows { get; private set; }

    /// <summary>Whether these locks are taken, or none are needed: SQLite lets one transaction write at a time.</summary>
    public static bool AreAllKnown(DatabaseFacade database) => database.ProviderName is Npgsql or Sqlite;

    /// <summary>What must be locked for <paramref name="events"/> of <paramref name="context"/>, if anything.</summary>
    public static EntityLocks? Take(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        // An outbox may be written to on a context that is not captured.
        var state = (ContextState?)context.GetInfrastructure().GetService(typeof(ContextState));
        var (unlocked, keys) = (state?.Unlocked, KeysOf(context, state, events, out var mayLockAll));
        if (state is not null)
            state.Unlocked = null;
        if ((unlocked is null && keys is null) || context.Database.ProviderName != Npgsql)
            return null;

        unlocked?.Sort(LockedRow.Compare);
        return new EntityLocks(context, unlocked ?? [], keys, mayLockAll);
    }

    /// <summary>Leaves out the rows that the role may not lock.</summary>
    public void Keep(IReadOnlyList<Change> rows) => Rows = rows;

    /// <summary>The statements alone, or nothing where nothing is left to lock.</summary>
    public DbBatch? Batch()
    {
        if (Rows.Count == 0 && _keys is null)
            return null;

        var connection = _context.GetService<IRelationalConnection>();
        var batch = connection.DbConnection.CreateBatch();
        if (connection.CommandTimeout is { } timeout)
            batch.Timeout = timeout;

        AddTo(batch);
        return batch;
    }

    /// <summary>Adds the statements, each of which waits for others, to the front of a batch.</summary>
    public void AddTo(DbBatch batch)
    {
        if (Rows.Count > 0)
            AddRows(batch);
        if (_keys is null)
            return;

        var keys = batch.CreateBatchCommand();
        var parameter = keys.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (Keys, _keys);
        keys.CommandText = _mayLockAll ? LockAllOrKeys : LockKeys;
        keys.Parameters.Add(parameter);
        batch.BatchCommands.Add(keys);
    }

    private void AddRows(DbBatch batch)
    {
        var sql = _context.GetService<ISqlGenerationHelper>();
        using var maker = batch.Connection!.CreateCommand();
        foreach (var change in Rows)
        {
            var row = change.Model.Row!;
            var command = batch.CreateBatchCommand();
            command.CommandText = row.LockIn(sql);
            foreach (var (mapping, value) in row.ValuesOf(change))
                command.Parameters.Add(mapping.CreateParameter(maker, $"{LockedRow.Parameter}{command.Parameters.Count}", value));

            batch.BatchCommands.Add(command);
        }
    }

    private static long[]? KeysOf(
        DbContext context, ContextState? state, IReadOnlyList<ModelEvent> events, out bool mayLockAll)
    {
        mayLockAll = false;
        SortedSet<long>? keys = null;
        for (var index = 0; index < events.Count; index++)
        {
            if (events[index] is { Model.Length: 0 } own && !HasKeyOfItsOwn(own))
                (keys ??= []).Add(Hash(own.Key));
        }

        if (keys is null)
            return null;

        // What a savepoint gives back is counted on, and locked again where it comes again.
        var locked = state is not null && UserTransaction.IsOpen(context) ? state.LockedKeys ??= [] : [];
        if (locked.Count <= MostKeysBesideOthers)
            locked.UnionWith(keys.Take(MostKeysBesideOthers + 1));
        mayLockAll = locked.Count is > MostKeys and <= MostKeysBesideOthers;

        // The shared lock comes last: who waits for a key would else hold up whoever has it and comes to lock all.
        return locked.Count > MostKeysBesideOthers ? [Exclude] : [.. keys, Share];
    }

    private static bool HasKeyOfItsOwn(ModelEvent own)
    {
        Span<char> id = stackalloc char[36];
        return own.Key.Length == id.Length && own.Id.TryFormat(id, out _) && id.SequenceEqual(own.Key);
    }

    // As FNV-1a with 64 bits (RFC 9923), of characters and not of bytes.
    private static long Hash(string key)
    {
        var hash = 14695981039346656037;
        foreach (var character in key)
            hash = (hash ^ character) * 1099511628211;
        return (long)(hash & long.MaxValue);
    }
}
