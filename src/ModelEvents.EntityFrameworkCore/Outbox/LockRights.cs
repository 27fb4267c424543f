using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;

namespace ModelEvents.Outbox;

/// <summary>
/// Knows of which tables PostgreSQL lets the role lock rows: whoever may not update any column may not, nor is there a row where
/// it is a view; a save that only adds a link would fail. Asked for each table and connection string: once, and where it may not
/// again from time to time, as the right may be granted meanwhile.
/// </summary>
internal sealed class LockRights(TimeProvider time, ILogger log)
{
    // Databases of tenants have connection strings of their own.
    private const int MostKept = 10_000;

    private const string Ask =
        "SELECT relkind IN ('r', 'p') AND has_any_column_privilege(oid, 'UPDATE') FROM pg_class WHERE oid = @table::regclass";

    // insufficient_privilege of https://www.postgresql.org/docs/current/errcodes-appendix.html
    private const string Refused = "42501";

    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Connection, string Table), long?> _refusedSince = [];

    /// <summary>Leaves out of <paramref name="locks"/> the rows that may not be locked, and tells so.</summary>
    public void Apply(EntityLocks locks, DbContext context)
    {
        foreach (var (table, model) in Unknown(locks, context))
        {
            using var ask = AskFor(context, table);
            Note(context, table, model, ask.ExecuteScalar() is true);
        }

        Keep(locks, context);
    }

    /// <inheritdoc cref="Apply"/>
    public async Task ApplyAsync(EntityLocks locks, DbContext context, CancellationToken cancellationToken)
    {
        foreach (var (table, model) in Unknown(locks, context))
        {
            var ask = AskFor(context, table);
            await using var closing = ask.ConfigureAwait(false);
            Note(context, table, model, await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true);
        }

        Keep(locks, context);
    }

    /// <summary>Asks again where a save was refused: the right may have been one that was revoked.</summary>
    public void Failed(Exception failure)
    {
        if (failure.GetBaseException() is DbException { SqlState: Refused })
            _refusedSince.Clear();
    }

    private static DbCommand AskFor(DbContext context, string table)
    {
        var connection = context.GetService<IRelationalConnection>();
        var ask = connection.DbConnection.CreateCommand();
        ask.CommandText = Ask;
        ask.Transaction = connection.CurrentTransaction?.GetDbTransaction();
        var parameter = ask.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("table", table);
        ask.Parameters.Add(parameter);
        return ask;
    }

    private List<(string Table, CapturedModel Model)> Unknown(EntityLocks locks, DbContext context)
    {
        List<(string, CapturedModel)> unknown = [];
        foreach (var (table, model, place) in TablesOf(locks, context))
        {
            if (!_refusedSince.TryGetValue(place, out var refused) || (refused is { } since && time.GetElapsedTime(since) >= AskAgain))
                unknown.Add((table, model));
        }

        return unknown;
    }

    private void Note(DbContext context, string table, CapturedModel model, bool mayLock)
    {
        if (_refusedSince.Count >= MostKept)
            _refusedSince.Clear();

        var connection = context.GetService<IRelationalConnection>().DbConnection;
        var place = (connection.ConnectionString, table);
        var isTold = _refusedSince.TryGetValue(place, out var refused) && refused is not null;
        _refusedSince[place] = mayLock ? null : time.GetTimestamp();
        if (!mayLock && !isTold)
            Capture.Log.MayNotLock(log, connection.Database, table, model.Listed.Name);
    }

    private void Keep(EntityLocks locks, DbContext context)
    {
        List<string>? refused = null;
        foreach (var (table, _, place) in TablesOf(locks, context))
        {
            if (_refusedSince.GetValueOrDefault(place) is not null)
                (refused ??= []).Add(table);
        }

        var sql = context.GetService<ISqlGenerationHelper>();
        if (refused is not null)
            locks.Keep([.. locks.Rows.Where(change => !refused.Contains(change.Model.Row!.TableIn(sql)))]);
    }

    /// <summary>The tables of the rows, each once.</summary>
    private static IEnumerable<(string Table, CapturedModel Model, (string Connection, string Table) Place)> TablesOf(
        EntityLocks locks, DbContext context)
    {
        var connection = context.GetService<IRelationalConnection>().DbConnection.ConnectionString;
        var sql = context.GetService<ISqlGenerationHelper>();
        var last = "";
        for (var index = 0; index < locks.Rows.Count; index++)
        {
            var model = locks.Rows[index].Model;
            var table = model.Row!.TableIn(sql);
            if (table != last)
                yield return (table, model, (connection, table));
            last = table;
        }
    }
}
