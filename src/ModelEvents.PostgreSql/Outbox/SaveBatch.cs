using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// A statement as a batch on a save's connection. It names no transaction: Npgsql runs a command in whatever transaction
/// its connection has.
/// </summary>
internal static class SaveBatch
{
    /// <summary>The statement, followed by the end of the transaction if asked for.</summary>
    public static NpgsqlBatch Of(DbContext context, NpgsqlBatchCommand statement, bool andCommit)
    {
        var connection = context.GetService<IRelationalConnection>();
        var batch = ((NpgsqlConnection)connection.DbConnection).CreateBatch();
        if (connection.CommandTimeout is { } timeout)
            batch.Timeout = timeout;

        batch.BatchCommands.Add(statement);

        // When the statement before it fails the server skips this one.
        if (andCommit)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));

        return batch;
    }
}
