using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// The statement that writes a save's events, as a batch on its connection. It names no transaction: Npgsql runs a command
/// in whatever transaction its connection has.
/// </summary>
internal sealed class SaveBatch : IDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly PackBuffer _buffer;
    private readonly StatementPreparation _preparation;

    /// <param name="preparation">Prepares the batch.</param>
    /// <param name="context">The context that saves.</param>
    /// <param name="locks">What is locked before.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="buffer">What its parameters are in.</param>
    /// <param name="andCommit">Whether the end of the transaction follows it.</param>
    public SaveBatch(
        StatementPreparation preparation,
        DbContext context,
        EntityLocks? locks,
        NpgsqlBatchCommand statement,
        PackBuffer buffer,
        bool andCommit)
    {
        var connection = context.GetService<IRelationalConnection>();
        (_preparation, _buffer) = (preparation, buffer);
        _batch = ((NpgsqlConnection)connection.DbConnection).CreateBatch();
        if (connection.CommandTimeout is { } timeout)
            _batch.Timeout = timeout;

        locks?.AddTo(_batch);
        _batch.BatchCommands.Add(statement);

        // When the statement before it fails the server skips this one.
        if (andCommit)
            _batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
    }

    public void Execute()
    {
        _preparation.Prepare(_batch);
        try
        {
            _batch.ExecuteNonQuery();
        }
        catch (PostgresException exception)
        {
            _preparation.Failed(_batch.Connection!, exception);
            throw;
        }

        _buffer.Return();
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await _preparation.PrepareAsync(_batch, cancellationToken).ConfigureAwait(false);
        try
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception)
        {
            _preparation.Failed(_batch.Connection!, exception);
            throw;
        }

        _buffer.Return();
    }

    public void Dispose() => _batch.Dispose();
}
