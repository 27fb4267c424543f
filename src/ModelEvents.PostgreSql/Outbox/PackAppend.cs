using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes the statement that writes a save's events into the table. It names no transaction: Npgsql runs a command in
/// whatever transaction its connection has.
/// </summary>
internal static class PackAppend
{
    private const string Row = "me_row";

    private const string Returning = "\nRETURNING ";

    /// <summary>The statement as a batch, followed by the end of the transaction if asked for.</summary>
    public static NpgsqlBatch Batch(DbContext context, IReadOnlyList<ModelEvent> events, bool andCommit)
    {
        var batch = ((NpgsqlConnection)context.Database.GetDbConnection()).CreateBatch();

        if (context.Database.GetCommandTimeout() is { } timeout)
            batch.Timeout = timeout;

        batch.BatchCommands.Add(Append(OutboxSql.Of(context), EventPackWriter.WriteRows(events)));

        // When the statement before it fails the server skips this one.
        if (andCommit)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));

        return batch;
    }

    /// <summary>
    /// Turns EF Core's statement that writes one row into one that also writes the row's event, if and only if it writes the
    /// row. What EF Core reads of it stays the same: the returned values, or else the number of written rows.
    /// </summary>
    public static void Extend(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending)
    {
        var (statement, comment) = OwnCommand.Split(command);
        var append = $"{OutboxSql.Of(context).AppendFrom} SELECT 1, @{OutboxSql.Events}{Generated(pending)} FROM {Row}";
        command.Parameters.Add(
            new NpgsqlParameter<ReadOnlyMemory<byte>>(OutboxSql.Events, EventPackWriter.Write([one])));

        command.CommandText = statement.Contains(Returning, StringComparison.Ordinal)
            ? $"WITH {Row} AS ({statement}), me_event AS ({append})\nSELECT * FROM {Row}{comment}"
            : $"WITH {Row} AS ({statement}{Returning}1)\n{append}{comment}";
    }

    /// <summary>What follows the event in its pack: what the database generates for it, with commas between.</summary>
    public static string Generated(PendingValues? pending)
    {
        if (pending is null)
            return "";

        IEnumerable<IProperty> properties = pending.Key is { } key ? [key, .. pending.InBody] : pending.InBody;
        var columns = properties.Select(property => $"{Quote(pending.ColumnOf(property))}::text");
        return $" || convert_to(concat_ws(',', {string.Join(", ", columns)}), 'UTF8')";
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

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
