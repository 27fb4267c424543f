using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes the statement that writes a save's events into the write-ahead log, as a message that is there if and only if its
/// transaction commits: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
/// </summary>
internal sealed class WalAppend(string prefix)
{
    private const string Message = "me_message";

    private const string Returning = "\nRETURNING ";

    private static readonly string Column = OwnCommand.EventColumn;

    /// <summary>The statement as a batch, followed by the end of the transaction if asked for.</summary>
    public NpgsqlBatch Batch(DbContext context, IReadOnlyList<ModelEvent> events, bool andCommit)
    {
        var batch = ((NpgsqlConnection)context.Database.GetDbConnection()).CreateBatch();

        if (context.Database.GetCommandTimeout() is { } timeout)
            batch.Timeout = timeout;

        var emit = new NpgsqlBatchCommand($"SELECT {Emit()}");
        AddMessage(emit.Parameters, events);
        batch.BatchCommands.Add(emit);

        // When the statement before it fails the server skips this one.
        if (andCommit)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));

        return batch;
    }

    /// <summary>
    /// Lets EF Core's statement that writes one row return the message as well, which is so written if and only if the row
    /// is. A column after EF Core's own ones does not disturb it; one that is alone is skipped
    /// (<see cref="OwnCommand.SkipsResult"/>).
    /// </summary>
    public void Extend(DbCommand command, ModelEvent one, PendingValues? pending)
    {
        var (statement, comment) = OwnCommand.Split(command);
        var glue = statement.Contains(Returning, StringComparison.Ordinal) ? ", " : Returning;
        AddMessage(command.Parameters, [one]);
        command.CommandText = $"{statement}{glue}{Emit(pending)} AS {Column}{comment}";
    }

    private static void AddMessage(DbParameterCollection parameters, IReadOnlyList<ModelEvent> events) =>
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>>(Message, EventPackWriter.Write(events)));

    private string Emit(PendingValues? pending = null) =>
        $"pg_logical_emit_message(true, '{prefix}', @{Message}{PackAppend.Generated(pending)})";
}
