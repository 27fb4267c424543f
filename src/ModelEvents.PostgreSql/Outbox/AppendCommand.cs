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

    public static NpgsqlCommand For(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        var sql = OutboxSql.Of(context);
        var command = ((NpgsqlConnection)context.Database.GetDbConnection()).CreateCommand();

        if (context.Database.GetCommandTimeout() is { } timeout)
            command.CommandTimeout = timeout;

        command.CommandText = events.Count == 1 ? sql.AppendOne : sql.AppendMany;

        if (events.Count == 1)
            AddOne(command.Parameters, events[0]);
        else
            AddMany(command.Parameters, events);

        return command;
    }

    private static void AddOne(NpgsqlParameterCollection parameters, ModelEvent one)
    {
        Add(parameters, one.Id);
        Add(parameters, one.Name);
        Add(parameters, one.Service);
        Add(parameters, one.Model);
        Add(parameters, one.Key);
        Add(parameters, one.Lane);
        Add(parameters, one.Body);
        Add(parameters, EventHeaders.ToJson(one.Headers));
        Add(parameters, one.OccurredAt.UtcDateTime);
    }

    private static void AddMany(NpgsqlParameterCollection parameters, IReadOnlyList<ModelEvent> events)
    {
        Add(parameters, Column(events, one => one.Id));
        Add(parameters, Column(events, one => one.Name));
        Add(parameters, Column(events, one => one.Service));
        Add(parameters, Column(events, one => one.Model));
        Add(parameters, Column(events, one => one.Key));
        Add(parameters, Column(events, one => one.Lane));
        parameters.Add(new NpgsqlParameter { Value = Column(events, one => one.Body), NpgsqlDbType = ByteaArray });
        Add(parameters, Column(events, one => EventHeaders.ToJson(one.Headers)));
        Add(parameters, Column(events, one => one.OccurredAt.UtcDateTime));
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static T[] Column<T>(IReadOnlyList<ModelEvent> events, Func<ModelEvent, T> value)
    {
        var column = new T[events.Count];

        for (var i = 0; i < column.Length; i++)
            column[i] = value(events[i]);

        return column;
    }
}
