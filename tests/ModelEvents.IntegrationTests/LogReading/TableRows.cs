using System.Text.Json;
using ModelEvents.LogCapture;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.LogReading;

/// <summary>Makes an event of every row of some tables, whose body tells all that the reader gave.</summary>
internal sealed class TableRows(string service, params string[] tables) : IRowCapture
{
    private static readonly Dictionary<uint, Type> Types = new()
    {
        [16] = typeof(bool),
        [17] = typeof(byte[]),
        [20] = typeof(long),
        [23] = typeof(int),
        [25] = typeof(string),
        [701] = typeof(double),
        [1007] = typeof(int[]),
        [1009] = typeof(string[]),
        [1082] = typeof(DateOnly),
        [1184] = typeof(DateTime),
        [1700] = typeof(decimal),
        [2950] = typeof(Guid),
        [3802] = typeof(string),
    };

    public IReadOnlyCollection<WantedTable> Tables { get; private set; } = [.. tables.Select(Wanted)];

    /// <summary>The model of all rows; by default each table is one.</summary>
    public string? Model { get; set; }

    /// <summary>How many rows were given at a time at most.</summary>
    public int LargestPiece { get; private set; }

    /// <summary>Brings another list into force.</summary>
    public void Want(params string[] others) => Tables = [.. others.Select(Wanted)];

    public RowPlan? Plan(LogTable table) => Tables.Any(wanted => (wanted.Schema, wanted.Name) == (table.Schema, table.Name))
        ? new RowPlan(table, [.. table.Columns.Select(column => Types.GetValueOrDefault(column.TypeId, typeof(string)))])
        : null;

    public ValueTask<LogEvents> CaptureAsync(
        IReadOnlyList<LogRow> rows, LogTransaction transaction, CancellationToken cancellationToken)
    {
        LargestPiece = Math.Max(LargestPiece, rows.Count);
        var events = new ModelEvent[rows.Count];
        var failed = new List<FailedEvent>();
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = EventOf(rows[i], transaction);
            if ((rows[i].After ?? rows[i].Before!).OfType<UnreadableValue>().FirstOrDefault() is { } unreadable)
                failed.Add(new FailedEvent(events[i], 1, unreadable.Reason, null));
        }

        return ValueTask.FromResult(new LogEvents(events, failed));
    }

    public IReadOnlyList<ModelEvent> Truncated(LogTable table, LogTransaction transaction, Func<(int Ordinal, long Position)> nextRow) =>
        [Make(table.Name, "", "truncated", "{}"u8.ToArray(), transaction, nextRow().Position)];

    private static WantedTable Wanted(string table) => new("public", table, ["id"]);

    private ModelEvent EventOf(LogRow row, LogTransaction transaction)
    {
        var columns = row.Plan.Table.Columns;
        var body = new Dictionary<string, object?>
        {
            ["before"] = ValuesOf(row.Before, columns),
            ["after"] = ValuesOf(row.After, columns),
            ["whole"] = row.IsWholeBefore,
        };
        var name = row.Action.ToString().ToLowerInvariant();
        var key = $"{(row.After ?? row.Before!)[0]}";
        return Make(row.Plan.Table.Name, key, name, JsonSerializer.SerializeToUtf8Bytes(body), transaction, row.Position);
    }

    private static Dictionary<string, object?>? ValuesOf(object?[]? values, IReadOnlyList<LogColumn> columns) =>
        values?.Select((value, at) => (columns[at].Name, Value: Shown(value)))
            .ToDictionary(one => one.Name, one => one.Value);

    private static object? Shown(object? value) => value switch
    {
        UnreadableValue => "unreadable",
        _ when value == LogRow.Absent => "absent",
        _ => value,
    };

    private ModelEvent Make(
        string table, string key, string name, byte[] body, LogTransaction transaction, long position) => new()
        {
            Id = new Guid((int)transaction.Id, 0, 0x7000, [0x80, .. BitConverter.GetBytes(position)[..7]]),
            Name = $"{table}__{name}",
            Service = service,
            Model = Model ?? table,
            Key = key,
            Body = body,
            Headers = transaction.Origin is null
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["modelevents-origin"] = transaction.Origin },
            OccurredAt = transaction.CommittedAt,
            Sequence = position,
        };
}
