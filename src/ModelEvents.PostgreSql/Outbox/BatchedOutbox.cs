using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Outbox;

/// <summary>The part of an outbox that appends the events of a save in one batch of statements, prepared if need be.</summary>
internal abstract class BatchedOutbox(bool prepares, LockRights rights, ILogger log)
{
    private protected StatementPreparation Preparation { get; } = new(prepares, log);

    public void Append(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        // In an ambient transaction EF Core has closed its connection by now.
        context.Database.OpenConnection();

        try
        {
            Execute(context, events, andCommit: false);
        }
        finally
        {
            context.Database.CloseConnection();
        }
    }

    public async Task AppendAsync(
        DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await ExecuteAsync(context, events, andCommit: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public void AppendAndCommit(DbContext context, IReadOnlyList<ModelEvent> events) =>
        Execute(context, events, andCommit: true);

    public Task AppendAndCommitAsync(
        DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken) =>
        ExecuteAsync(context, events, andCommit: true, cancellationToken);

    public bool IsToPrepare(DbCommand command) => Preparation.IsToPrepare(command);

    public void Prepare(DbCommand command) => Preparation.Prepare(command);

    public Task PrepareAsync(DbCommand command, CancellationToken cancellationToken) =>
        Preparation.PrepareAsync(command, cancellationToken);

    public void Failed(DbContext context, Exception failure)
    {
        if (Preparation.MayExplain(failure))
            Preparation.Failed(context.Database.GetDbConnection(), failure);
    }

    /// <inheritdoc cref="ICommandOutbox.Check"/>
    public virtual void Check(DbConnection connection)
    {
    }

    /// <inheritdoc cref="ICommandOutbox.Check"/>
    public virtual ValueTask CheckAsync(DbConnection connection, CancellationToken cancellationToken) => default;

    /// <summary>Events are about to be written on the connection of <paramref name="context"/>, which is open.</summary>
    private protected abstract void Saving(DbContext context);

    /// <inheritdoc cref="Saving"/>
    private protected abstract ValueTask SavingAsync(DbContext context, CancellationToken cancellationToken);

    private protected abstract SaveBatch Batch(
        DbContext context, IReadOnlyList<ModelEvent> events, EntityLocks? locks, bool andCommit);

    private void Execute(DbContext context, IReadOnlyList<ModelEvent> events, bool andCommit)
    {
        Saving(context);
        var locks = EntityLocks.Take(context, events);
        if (locks is { Rows.Count: > 0 })
            rights.Apply(locks, context);

        using var batch = Batch(context, events, locks, andCommit);

        try
        {
            batch.Execute();
        }
        catch (Exception failure) when (locks is not null)
        {
            rights.Failed(failure);
            throw;
        }
    }

    private async Task ExecuteAsync(
        DbContext context, IReadOnlyList<ModelEvent> events, bool andCommit, CancellationToken cancellationToken)
    {
        await SavingAsync(context, cancellationToken).ConfigureAwait(false);
        var locks = EntityLocks.Take(context, events);
        if (locks is { Rows.Count: > 0 })
            await rights.ApplyAsync(locks, context, cancellationToken).ConfigureAwait(false);

        using var batch = Batch(context, events, locks, andCommit);

        try
        {
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (locks is not null)
        {
            rights.Failed(failure);
            throw;
        }
    }
}
