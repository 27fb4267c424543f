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

    private static NpgsqlBatchCommand Append(OutboxSql sql, IReadOnlyList<ModelEvent> events)
    {
        var command = new NpgsqlBatchCommand();

        if (events.Count == 1)
            AddOne(command, sql.AppendOne, events[0]);
        else if (AreAlike(events))
            AddAlike(command, sql.AppendAlike, events);
        else
            AddMany(command, sql.AppendMany, events);

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

    private static void AddOne(NpgsqlBatchCommand command, string sql, ModelEvent one)
    {
        command.CommandText = sql;
        Add(command, one.Id);
        Add(command, one.Name);
        Add(command, one.Service);
        Add(command, one.Model);
        Add(command, one.Key);
        Add(command, one.Lane);
        Add(command, one.Body);
        Add(command, EventHeaders.ToJson(one.Headers));
        Add(command, one.OccurredAt.UtcDateTime);
    }

    private static void AddAlike(NpgsqlBatchCommand command, string sql, IReadOnlyList<ModelEvent> events)
    {
        command.CommandText = sql;
        Add(command, Column(events, one => one.Id));
        Add(command, events[0].Name);
        Add(command, events[0].Service);
        Add(command, events[0].Model);
        Add(command, Column(events, one => one.Key));
        Add(command, Column(events, one => one.Lane));
        AddBodies(command, events);
        Add(command, EventHeaders.ToJson(events[0].Headers));
        Add(command, events[0].OccurredAt.UtcDateTime);
    }

    private static void AddMany(NpgsqlBatchCommand command, string sql, IReadOnlyList<ModelEvent> events)
    {
        command.CommandText = sql;
        Add(command, Column(events, one => one.Id));
        Add(command, Column(events, one => one.Name));
        Add(command, Column(events, one => one.Service));
        Add(command, Column(events, one => one.Model));
        Add(command, Column(events, one => one.Key));
        Add(command, Column(events, one => one.Lane));
        AddBodies(command, events);
        Add(command, Column(events, one => EventHeaders.ToJson(one.Headers)));
        Add(command, Column(events, one => one.OccurredAt.UtcDateTime));
    }

    private static void AddBodies(NpgsqlBatchCommand command, IReadOnlyList<ModelEvent> events) =>
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = Column(events, one => one.Body),
            NpgsqlDbType = ByteaArray,
        });

    private static void Add<T>(NpgsqlBatchCommand command, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static T[] Column<T>(IReadOnlyList<ModelEvent> events, Func<ModelEvent, T> value)
    {
        var column = new T[events.Count];

        for (var i = 0; i < column.Length; i++)
            column[i] = value(events[i]);

        return column;
    }
}
