using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes the one statement that writes a save's events. It names no transaction: Npgsql runs a command in whatever
/// transaction its connection has.
/// </summary>
internal static class AppendCommand
{
    private const NpgsqlDbType ByteaArray = NpgsqlDbType.Array | NpgsqlDbType.Bytea;

    /// <summary>The statement as a batch, followed by the end of the transaction if asked for.</summary>
    public static NpgsqlBatch For(DbContext context, IReadOnlyList<ModelEvent> events, bool andCommit)
    {
        var batch = ((NpgsqlConnection)context.Database.GetDbConnection()).CreateBatch();

        if (context.Database.GetCommandTimeout() is { } timeout)
            batch.Timeout = timeout;

        batch.BatchCommands.Add(Append(OutboxSql.Of(context), events));

        // When the statement before it fails the server skips this one.
        if (andCommit)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));

        return batch;
    }

    /// <summary>The statement's text, whose parameters are added to <paramref name="parameters"/>.</summary>
    public static string Text(OutboxSql sql, IReadOnlyList<ModelEvent> events, DbParameterCollection parameters)
    {
        if (events.Count == 1)
            return One(parameters, sql.AppendOne, events[0]);

        return AreAlike(events)
            ? Alike(parameters, sql.AppendAlike, events)
            : Many(parameters, sql.AppendMany, events);
    }

    private static NpgsqlBatchCommand Append(OutboxSql sql, IReadOnlyList<ModelEvent> events)
    {
        var command = new NpgsqlBatchCommand();
        command.CommandText = Text(sql, events, command.Parameters);
        return command;
    }

    private static bool AreAlike(IReadOnlyList<ModelEvent> events)
    {
        var first = events[0];
        for (var i = 1; i < events.Count; i++)
        {
            var other = events[i];
            if (!ReferenceEquals(first.Headers, other.Headers)
                || first.OccurredAt != other.OccurredAt
                || first.Name != other.Name
                || first.Model != other.Model
                || first.Service != other.Service)
                return false;
        }

        return true;
    }

    private static string One(DbParameterCollection parameters, string sql, ModelEvent one)
    {
        Add(parameters, OutboxSql.EventId, one.Id);
        Add(parameters, OutboxSql.Name, one.Name);
        Add(parameters, OutboxSql.Service, one.Service);
        Add(parameters, OutboxSql.Model, one.Model);
        Add(parameters, OutboxSql.Key, one.Key);
        Add(parameters, OutboxSql.Lane, one.Lane);
        Add(parameters, OutboxSql.Body, one.Body);
        Add(parameters, OutboxSql.Headers, EventHeaders.ToJson(one.Headers));
        Add(parameters, OutboxSql.OccurredAt, one.OccurredAt.UtcDateTime);
        return sql;
    }

    private static string Alike(DbParameterCollection parameters, string sql, IReadOnlyList<ModelEvent> events)
    {
        Add(parameters, OutboxSql.EventId, Column(events, one => one.Id));
        Add(parameters, OutboxSql.Name, events[0].Name);
        Add(parameters, OutboxSql.Service, events[0].Service);
        Add(parameters, OutboxSql.Model, events[0].Model);
        Add(parameters, OutboxSql.Key, Column(events, one => one.Key));
        Add(parameters, OutboxSql.Lane, Column(events, one => one.Lane));
        AddBodies(parameters, events);
        Add(parameters, OutboxSql.Headers, EventHeaders.ToJson(events[0].Headers));
        Add(parameters, OutboxSql.OccurredAt, events[0].OccurredAt.UtcDateTime);
        return sql;
    }

    private static string Many(DbParameterCollection parameters, string sql, IReadOnlyList<ModelEvent> events)
    {
        Add(parameters, OutboxSql.EventId, Column(events, one => one.Id));
        Add(parameters, OutboxSql.Name, Column(events, one => one.Name));
        Add(parameters, OutboxSql.Service, Column(events, one => one.Service));
        Add(parameters, OutboxSql.Model, Column(events, one => one.Model));
        Add(parameters, OutboxSql.Key, Column(events, one => one.Key));
        Add(parameters, OutboxSql.Lane, Column(events, one => one.Lane));
        AddBodies(parameters, events);
        Add(parameters, OutboxSql.Headers, Column(events, one => EventHeaders.ToJson(one.Headers)));
        Add(parameters, OutboxSql.OccurredAt, Column(events, one => one.OccurredAt.UtcDateTime));
        return sql;
    }

    private static void AddBodies(DbParameterCollection parameters, IReadOnlyList<ModelEvent> events) =>
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]>(OutboxSql.Body, Column(events, one => one.Body))
        {
            NpgsqlDbType = ByteaArray,
        });

    private static void Add<T>(DbParameterCollection parameters, string name, T value) =>
        parameters.Add(new NpgsqlParameter<T>(name, value));

    private static T[] Column<T>(IReadOnlyList<ModelEvent> events, Func<ModelEvent, T> value)
    {
        var column = new T[events.Count];

        for (var i = 0; i < column.Length; i++)
            column[i] = value(events[i]);

        return column;
    }
}
