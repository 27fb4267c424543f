using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Turns EF Core's statement that writes one row into one that also writes the row's event, if and only if it writes the
/// row. What EF Core reads of it stays the same: the returned values, or else the number of written rows.
/// </summary>
internal static class OwnStatement
{
    private const string Row = "me_row";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static void Extend(DbCommand command, OutboxSql sql, ModelEvent one, PendingValues? pending)
    {
        var (statement, comment) = OwnCommand.Split(command);
        var append = Append(command.Parameters, sql, one, pending);

        command.CommandText = statement.Contains("\nRETURNING ", StringComparison.Ordinal)
            ? $"WITH {Row} AS ({statement}), me_event AS ({append})\nSELECT * FROM {Row}{comment}"
            : $"WITH {Row} AS ({statement}\nRETURNING 1)\n{append}{comment}";
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Append(
        DbParameterCollection parameters, OutboxSql sql, ModelEvent one, PendingValues? pending)
    {
        Add(parameters, OutboxSql.EventId, one.Id);
        Add(parameters, OutboxSql.Name, one.Name);
        Add(parameters, OutboxSql.Service, one.Service);
        Add(parameters, OutboxSql.Model, one.Model);
        Add(parameters, OutboxSql.Headers, EventHeaders.ToJson(one.Headers));
        Add(parameters, OutboxSql.OccurredAt, one.OccurredAt.UtcDateTime);
        var (key, lane) = Key(parameters, one, pending);

        return $"""
            {sql.AppendFrom}
            SELECT @{OutboxSql.EventId}, @{OutboxSql.Name}, @{OutboxSql.Service}, @{OutboxSql.Model}, {key}, {lane},
                {Body(parameters, one.Body, pending)}, @{OutboxSql.Headers}, @{OutboxSql.OccurredAt}, 0
            FROM {Row}
            """;
    }

    private static (string Key, string Lane) Key(DbParameterCollection parameters, ModelEvent one, PendingValues? pending)
    {
        if (pending?.Key is { } generated)
        {
            // As Lane.Of does it.
            Add(parameters, OutboxSql.Lane, Lane.FirstOf(one.Model));
            var value = ColumnOf(pending, generated);
            return ($"{value}::text",
                $"((@{OutboxSql.Lane} + {value} % {Lane.Count} + {Lane.Count}) % {Lane.Count})::smallint");
        }

        Add(parameters, OutboxSql.Key, one.Key);
        Add(parameters, OutboxSql.Lane, one.Lane);
        return ($"@{OutboxSql.Key}", $"@{OutboxSql.Lane}");
    }

    private static string Body(DbParameterCollection parameters, ReadOnlyMemory<byte> body, PendingValues? pending)
    {
        if (pending is null)
        {
            Add(parameters, OutboxSql.Body, body);
            return $"@{OutboxSql.Body}";
        }

        var sql = new StringBuilder();
        foreach (var (index, part) in pending.Split(body).Index())
        {
            if (index > 0)
                sql.Append(Invariant, $" || convert_to({ColumnOf(pending, pending.InBody[index - 1])}::text, 'UTF8') || ");
            sql.Append(Invariant, $"@{OutboxSql.Body}{index}");
            Add(parameters, $"{OutboxSql.Body}{index}", part);
        }

        return sql.ToString();
    }

    private static string ColumnOf(PendingValues pending, IProperty property) =>
        $"{Row}.{Quote(pending.ColumnOf(property))}";

    private static void Add<T>(DbParameterCollection parameters, string name, T value) =>
        parameters.Add(new NpgsqlParameter<T>(name, value));
}
