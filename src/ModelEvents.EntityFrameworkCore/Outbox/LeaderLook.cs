using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Outbox;

/// <summary>Asks a database for a sign of whoever reads its events.</summary>
/// <param name="query">The query for the sign.</param>
/// <param name="isChanging">Whether only a sign that changes is one of life.</param>
/// <param name="connection">A connection of its own, or <see langword="null"/> where none can be had.</param>
internal sealed class LeaderLook(string query, bool isChanging, DbConnection? connection) : IDisposable
{
    private string? _sign;

    public bool IsChanging => isChanging;

    /// <summary>Why it could not be asked the last time.</summary>
    public string? Failure { get; private set; }

    /// <summary>
    /// Another connection to the same database. An open one may hide its password, so that those that can copy themselves do.
    /// </summary>
    public static DbConnection? Another(DbContext context, DbConnection connection)
    {
        if (connection is ICloneable cloneable)
            return (DbConnection)cloneable.Clone();

        var another = DbProviderFactories.GetFactory(connection)?.CreateConnection();
        if (another is not null)
            another.ConnectionString = context.GetService<IRelationalConnection>().ConnectionString ?? connection.ConnectionString;
        return another;
    }

    /// <summary>Whether somebody reads, asked on a connection of its own; <see langword="null"/> if that failed.</summary>
    public async Task<bool?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return IsAlive(await AskAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failure = exception.Message;
            return null;
        }
    }

    /// <summary>
    /// Whether somebody reads, asked on a save's own connection and in its transaction. At the first time any sign will do: one
    /// that does not change is found out later.
    /// </summary>
    public bool Run(DbContext context, bool isFirst)
    {
        using var command = CommandOf(context);
        return IsAlive(TextOf(command.ExecuteScalar()), isFirst);
    }

    /// <inheritdoc cref="Run"/>
    public async Task<bool> RunAsync(DbContext context, bool isFirst, CancellationToken cancellationToken)
    {
        using var command = CommandOf(context);
        return IsAlive(TextOf(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false)), isFirst);
    }

    public void Dispose() => connection?.Dispose();

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        if (connection is null)
            throw new InvalidOperationException("No other connection to it can be made.");

        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = query;
            return TextOf(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    private DbCommand CommandOf(DbContext context)
    {
        var saving = context.GetService<IRelationalConnection>();
        var command = saving.DbConnection.CreateCommand();
        command.CommandText = query;
        command.Transaction = saving.CurrentTransaction?.GetDbTransaction();
        return command;
    }

    private bool IsAlive(string? sign, bool isFirst) =>
        sign is not null && (isFirst || !isChanging || sign != _sign);

    private bool IsAlive(string? sign)
    {
        var isAlive = sign is not null && (!isChanging || (_sign is not null && sign != _sign));
        (_sign, Failure) = (sign, null);
        return isAlive;
    }

    private static string? TextOf(object? value) =>
        value is null or DBNull ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
