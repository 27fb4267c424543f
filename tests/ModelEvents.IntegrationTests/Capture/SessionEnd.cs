using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace ModelEvents.Tests.Capture;

/// <summary>
/// Ends a context's session on the server at one point of its work. To be added before and after what is tested, so that
/// there is a point on either side of each step.
/// </summary>
internal sealed class SessionEnd(string connectionString)
    : IDbCommandInterceptor, IDbTransactionInterceptor, ISaveChangesInterceptor, IDisposable
{
    private readonly NpgsqlDataSource _others = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false, ApplicationName = "others" });

    private int _left = -1;
    private int _noticed;
    private int? _process;

    /// <summary>Whether the work ended before it came to the point.</summary>
    public bool IsPast => _left >= 0;

    /// <summary>Lets the session end at the point of this number.</summary>
    /// <param name="point">Counted from 0.</param>
    /// <param name="noticed">How often somebody then uses the context, and makes nothing of the error.</param>
    public void EndAt(int point, int noticed = 0)
    {
        Rest();
        (_left, _noticed, _process) = (point, noticed, null);
    }

    /// <summary>Ends no more sessions, and lets nobody come upon one that has ended.</summary>
    public void Rest()
    {
        _left = -1;
        using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    public void Dispose() => _others.Dispose();

    private void Pass(DbContext? context)
    {
        if (context is null || _left < 0)
            return;

        if (context.Database.GetDbConnection() is NpgsqlConnection { State: ConnectionState.Open } connection)
            _process = connection.ProcessID;
        if (_left-- > 0 || _process is not { } process)
            return;

        End(process);
        for (var time = 0; time < _noticed; time++)
        {
            try
            {
                context.Database.ExecuteSqlRaw("SELECT 1");
            }
            catch (Exception exception) when (exception is DbException or InvalidOperationException)
            {
                // Whoever it is knows better than to fail.
            }
        }
    }

    private void End(int process)
    {
        // The server's own wait for the end of a session takes a tenth of a second at least.
        using var end = _others.CreateCommand($"SELECT pg_terminate_backend({process})");
        end.ExecuteNonQuery();
        using var look = _others.CreateCommand($"SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
        while ((long)look.ExecuteScalar()! > 0)
            Thread.Yield();
    }

    private T Pass<T>(DbContext? context, T result)
    {
        Pass(context);
        return result;
    }

    private ValueTask<T> PassAsync<T>(DbContext? context, T result) => new(Pass(context, result));

    private Task PassAsync(DbContext? context) => Pass(context, Task.CompletedTask);

    public InterceptionResult<int> SavingChanges(DbContextEventData e, InterceptionResult<int> result) => Pass(e.Context, result);

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData e, InterceptionResult<int> result, CancellationToken cancellationToken) => PassAsync(e.Context, result);

    public int SavedChanges(SaveChangesCompletedEventData e, int result) => Pass(e.Context, result);

    public ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData e, int result, CancellationToken cancellationToken) => PassAsync(e.Context, result);

    public InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData e, InterceptionResult<DbDataReader> result) => Pass(e.Context, result);

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData e, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData e, DbDataReader result) =>
        Pass(e.Context, result);

    public ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData e, DbDataReader result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public InterceptionResult CreatingSavepoint(DbTransaction transaction, TransactionEventData e, InterceptionResult result) =>
        Pass(e.Context, result);

    public ValueTask<InterceptionResult> CreatingSavepointAsync(
        DbTransaction transaction, TransactionEventData e, InterceptionResult result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public void CreatedSavepoint(DbTransaction transaction, TransactionEventData e) => Pass(e.Context);

    public Task CreatedSavepointAsync(
        DbTransaction transaction, TransactionEventData e, CancellationToken cancellationToken) => PassAsync(e.Context);

    public InterceptionResult ReleasingSavepoint(DbTransaction transaction, TransactionEventData e, InterceptionResult result) =>
        Pass(e.Context, result);

    public ValueTask<InterceptionResult> ReleasingSavepointAsync(
        DbTransaction transaction, TransactionEventData e, InterceptionResult result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public void ReleasedSavepoint(DbTransaction transaction, TransactionEventData e) => Pass(e.Context);

    public Task ReleasedSavepointAsync(
        DbTransaction transaction, TransactionEventData e, CancellationToken cancellationToken) => PassAsync(e.Context);

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData e, DbTransaction result) =>
        Pass(e.Context, result);

    public ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData e, DbTransaction result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public InterceptionResult TransactionCommitting(
        DbTransaction transaction, TransactionEventData e, InterceptionResult result) => Pass(e.Context, result);

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData e, InterceptionResult result, CancellationToken cancellationToken) =>
        PassAsync(e.Context, result);

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData e) => Pass(e.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData e, CancellationToken cancellationToken) => PassAsync(e.Context);
}
