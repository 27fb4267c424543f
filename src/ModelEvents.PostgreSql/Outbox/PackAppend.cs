using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>Makes the statement that writes a save's events into the table.</summary>
internal static class PackAppend
{
    private const string Row = "me_row";

    private const string Returning = "\nRETURNING ";

    /// <summary>The statement as a batch, followed by the end of the transaction if asked for.</summary>
    public static SaveBatch Batch(
        StatementPreparation preparation,
        DbContext context,
        IReadOnlyList<ModelEvent> events,
        EntityLocks? locks,
        bool andCommit)
    {
        var (packs, buffer) = EventPackWriter.WriteRows(events);
        return new SaveBatch(preparation, context, locks, Append(OutboxSql.Of(context), packs), buffer, andCommit);
    }

    /// <summary>
    /// Turns EF Core's statement that writes one row into one that also writes the row's event, if and only if it writes the
    /// row. What EF Core reads of it stays the same: the returned values, or else the number of written rows.
    /// </summary>
    /// <returns>Whether it is worth preparing.</returns>
    public static bool Extend(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending)
    {
        command.Parameters.Add(
            new NpgsqlParameter<ReadOnlyMemory<byte>>(OutboxSql.Events, EventPackWriter.Write(one)));
        (command.CommandText, var isToPrepare) = OutboxSql.Of(context).Extended.Of(command.CommandText, pending);
        return isToPrepare;
    }

    /// <inheritdoc cref="ExtendedStatements"/>
    public static string Extend(string appendFrom, string command, string generated)
    {
        var (statement, comment) = OwnCommand.Split(command);
        var append = $"{appendFrom} SELECT 1, @{OutboxSql.Events}{generated} FROM {Row}";
        return statement.Contains(Returning, StringComparison.Ordinal)
            ? $"WITH {Row} AS ({statement}), me_event AS ({append})\nSELECT * FROM {Row}{comment}"
            : $"WITH {Row} AS ({statement}{Returning}1)\n{append}{comment}";
    }

    private static NpgsqlBatchCommand Append(OutboxSql sql, List<EventPack> packs)
    {
        if (packs is [var only])
        {
            return new NpgsqlBatchCommand(sql.AppendOne)
            {
                Parameters =
                {
                    new NpgsqlParameter<int>(OutboxSql.Count, only.Count),
                    new NpgsqlParameter<ReadOnlyMemory<byte>>(OutboxSql.Events, only.Bytes),
                },
            };
        }

        return new NpgsqlBatchCommand(sql.AppendMany)
        {
            Parameters =
            {
                new NpgsqlParameter<int[]>(OutboxSql.Count, [.. packs.Select(pack => pack.Count)]),
                new NpgsqlParameter<ReadOnlyMemory<byte>[]>(OutboxSql.Events, [.. packs.Select(pack => pack.Bytes)])
                {
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
                },
            },
        };
    }
}
