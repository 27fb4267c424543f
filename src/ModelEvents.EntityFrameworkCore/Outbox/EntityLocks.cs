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
/// an advisory lock. All are taken in one order, and end with the transaction.
/// https://www.postgresql.org/docs/current/explicit-locking.html
/// </summary>
internal sealed class EntityLocks
{
    /// <summary>
    /// The most keys of own events that one transaction locks one by one: all transactions share the server's room for locks
    /// (<c>max_locks_per_transaction</c>). One with more locks all keys at once.
    /// </summary>
    public const int MostKeys = 200;

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

    private readonly DbContext _context;
    private readonly long[]? _keys;

    private EntityLocks(DbContext context, IReadOnlyList<Change> rows, long[]? keys) =>
        (_context, Rows, _keys) = (context, rows, keys);

    /// <summary>The changes whose rows are locked, in the order of that.</summary>
    public IReadOnlyList<Change> Rows { get; private set; }

    /// <summary>Whether these locks are taken, or none are needed: SQLite lets one transaction write at a time.</summary>
    public static bool AreAllKnown(DatabaseFacade database) => database.ProviderName is Npgsql or Sqlite;

    /// <summary>What must be locked for <paramref name="events"/> of <paramref name="context"/>, if anything.</summary>
    public static EntityLocks? Take(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        // An outbox may be written to on a context that is not captured.
        var state = (ContextState?)context.GetInfrastructure().GetService(typeof(ContextState));
        var (unlocked, keys) = (state?.Unlocked, KeysOf(context, state, events));
        if (state is not null)
            state.Unlocked = null;
        if ((unlocked is null && keys is null) || context.Database.ProviderName != Npgsql)
            return null;

        return new EntityLocks(context, unlocked is null ? [] : Sorted(unlocked, context), keys);
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
        keys.CommandText = LockKeys;
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
            command.CommandText = $"SELECT 1 FROM {row.TableIn(sql)} WHERE {row.WhereIn(sql)} FOR NO KEY UPDATE";
            foreach (var (mapping, value) in row.ValuesOf(change))
                command.Parameters.Add(mapping.CreateParameter(maker, $"{LockedRow.Parameter}{command.Parameters.Count}", value));

            batch.BatchCommands.Add(command);
        }
    }

    private static List<Change> Sorted(List<Change> unlocked, DbContext context)
    {
        if (unlocked.Count == 1)
            return unlocked;

        var sql = context.GetService<ISqlGenerationHelper>();
        return
        [
            .. unlocked.OrderBy(change => change.Model.Row!.TableIn(sql), StringComparer.Ordinal)
                .ThenBy(change => change.Model.Key.Text(change.Entry), StringComparer.Ordinal),
        ];
    }

    private static long[]? KeysOf(DbContext context, ContextState? state, IReadOnlyList<ModelEvent> events)
    {
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
        if (locked.Count <= MostKeys)
            locked.UnionWith(keys.Take(MostKeys + 1));

        // The shared lock comes last: who waits for a key would else hold up whoever has it and comes to lock all.
        return locked.Count > MostKeys ? [Exclude] : [.. keys, Share];
    }

    private static bool HasKeyOfItsOwn(ModelEvent own)
    {
        Span<char> id = stackalloc char[36];
        return own.Key.Length == id.Length && own.Id.TryFormat(id, out _) && id.SequenceEqual(own.Key);
    }

    // FNV-1a, 64 bits (RFC 9923).
    private static long Hash(string key)
    {
        var hash = 14695981039346656037;
        foreach (var character in key)
            hash = (hash ^ character) * 1099511628211;
        return (long)(hash & long.MaxValue);
    }
}
