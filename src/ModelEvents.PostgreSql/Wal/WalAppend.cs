using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes the statement that writes a save's events into the write-ahead log, as a message that is there if and only if its
/// transaction commits: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
/// </summary>
internal sealed class WalAppend(string prefix)
{
    private const string Message = "me_message";

    private const string Returning = "\nRETURNING ";

    private readonly string _emit = $"SELECT {Emit(prefix)}";
    private readonly string _emitMany =
        $"SELECT pg_logical_emit_message(true, '{prefix}', message) FROM unnest(@{Message}) AS message";
    private readonly ExtendedStatements _extended = new((command, generated) => Extend(prefix, command, generated));

    /// <summary>The statement as a batch, followed by the end of the transaction if asked for.</summary>
    public SaveBatch Batch(
        StatementPreparation preparation,
        DbContext context,
        IReadOnlyList<ModelEvent> events,
        EntityLocks? locks,
        bool andCommit)
    {
        var (packs, buffer) = EventPackWriter.WriteMessages(events);
        var emit = packs is [var only]
            ? new NpgsqlBatchCommand(_emit) { Parameters = { MessageOf(only.Bytes) } }
            : new NpgsqlBatchCommand(_emitMany) { Parameters = { MessagesOf(packs) } };
        return new SaveBatch(preparation, context, locks, emit, buffer, andCommit);
    }

    /// <summary>
    /// Lets EF Core's statement that writes one row return the message as well, which is so written if and only if the row
    /// is. A column after EF Core's own ones does not disturb it; one that is alone is skipped
    /// (<see cref="OwnCommand.SkipsResult"/>).
    /// </summary>
    /// <returns>Whether it is worth preparing.</returns>
    public bool Extend(DbCommand command, ModelEvent one, PendingValues? pending)
    {
        command.Parameters.Add(MessageOf(EventPackWriter.Write(one)));
        (command.CommandText, var isToPrepare) = _extended.Of(command.CommandText, pending);
        return isToPrepare;
    }

    private static string Extend(string prefix, string command, string generated)
    {
        var (statement, comment) = OwnCommand.Split(command);
        var glue = statement.Contains(Returning, StringComparison.Ordinal) ? ", " : Returning;
        return $"{statement}{glue}{Emit(prefix, generated)} AS {OwnCommand.EventColumn}{comment}";
    }

    private static NpgsqlParameter<ReadOnlyMemory<byte>> MessageOf(ReadOnlyMemory<byte> pack) => new(Message, pack);

    private static NpgsqlParameter<ReadOnlyMemory<byte>[]> MessagesOf(List<EventPack> packs) =>
        new(Message, [.. packs.Select(pack => pack.Bytes)]) { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    private static string Emit(string prefix, string generated = "") =>
        $"pg_logical_emit_message(true, '{prefix}', @{Message}{generated})";
}
