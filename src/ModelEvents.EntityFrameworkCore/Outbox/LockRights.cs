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
/// it is a view; a save that only adds a link would fail. Asked once for each table and connection string.
/// </summary>
internal sealed class LockRights(ILogger log)
{
    // Databases of tenants have connection strings of their own.
    private const int MostKept = 10_000;

    private const string Ask =
        "SELECT relkind IN ('r', 'p') AND has_any_column_privilege(oid, 'UPDATE') FROM pg_class WHERE oid = @table::regclass";

    private readonly ConcurrentDictionary<(string Connection, string Table), bool> _known = [];

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
        var connection = context.GetService<IRelationalConnection>().DbConnection.ConnectionString;
        var sql = context.GetService<ISqlGenerationHelper>();
        List<(string, CapturedModel)> unknown = [];
        foreach (var change in locks.Rows)
        {
            var table = change.Model.Row!.TableIn(sql);
            if (!_known.ContainsKey((connection, table)) && !unknown.Contains((table, change.Model)))
                unknown.Add((table, change.Model));
        }

        return unknown;
    }

    private void Note(DbContext context, string table, CapturedModel model, bool mayLock)
    {
        if (_known.Count >= MostKept)
            _known.Clear();

        var connection = context.GetService<IRelationalConnection>().DbConnection;
        if (_known.TryAdd((connection.ConnectionString, table), mayLock) && !mayLock)
            Capture.Log.MayNotLock(log, connection.Database, table, model.Listed.Name);
    }

    private void Keep(EntityLocks locks, DbContext context)
    {
        var connection = context.GetService<IRelationalConnection>().DbConnection.ConnectionString;
        var sql = context.GetService<ISqlGenerationHelper>();
        if (locks.Rows.Any(IsRefused))
            locks.Keep([.. locks.Rows.Where(change => !IsRefused(change))]);

        bool IsRefused(Change change) =>
            _known.TryGetValue((connection, change.Model.Row!.TableIn(sql)), out var mayLock) && !mayLock;
    }
}
