using ModelEvents.LogCapture;
using Npgsql.Replication.PgOutput.Messages;

namespace ModelEvents.Outbox;

/// <summary>The tables of the stream, each with the way to read it, for as long as neither it nor the model list changes.</summary>
internal sealed class LogTables(IRowCapture capture, ServerTypes types)
{
    private readonly Dictionary<uint, LogTable> _tables = [];
    private readonly Dictionary<uint, TableReader?> _readers = [];
    private readonly Dictionary<uint, Dictionary<uint, HashSet<string>>> _narrower = [];
    private object? _wanted;
    private uint? _described;

    /// <summary>
    /// Takes a table's description, which comes before its first row and after each change of it; or that of a partition,
    /// which follows its table's.
    /// </summary>
    public void Describe(RelationMessage relation)
    {
        var (before, id) = (_described, relation.RelationId);
        var table = new LogTable(relation.Namespace, relation.RelationName, [.. relation.Columns.Select(ColumnOf)]);
        _described = id;
        if (before is { } parent && parent != id && IsPartition(_tables[parent], table))
            AddPartition(parent, relation);

        // It also comes again for no change, as after each analysis.
        if (_tables.TryGetValue(id, out var known) && known.IsAs(table))
            return;

        _tables[id] = table with { IsPartitioned = known is { IsPartitioned: true } };
        _readers.Remove(id);
    }

    /// <summary>Lets tables be planned anew if another model list has come into force.</summary>
    public void FollowList()
    {
        var wanted = capture.Tables;
        if (ReferenceEquals(wanted, _wanted))
            return;

        _wanted = wanted;
        _readers.Clear();
    }

    public LogTable Of(RelationMessage relation)
    {
        _described = null;
        return _tables[relation.RelationId];
    }

    /// <summary>The reader of a table's rows, or <see langword="null"/> if nobody wants them.</summary>
    public TableReader? ReaderOf(RelationMessage relation)
    {
        var table = Of(relation);
        if (!_readers.TryGetValue(relation.RelationId, out var reader))
        {
            var plan = capture.Plan(table);
            _readers[relation.RelationId] = reader =
                plan is null ? null : new TableReader(plan, types, NarrowerThan(table, relation.RelationId));
        }

        return reader;
    }

    private bool IsPartition(LogTable table, LogTable part) =>
        IsWanted(table) && !IsWanted(part) && Names(table).SetEquals(part.Columns.Select(column => column.Name));

    private bool IsWanted(LogTable table) => capture.Tables.Any(wanted => (wanted.Schema, wanted.Name) == (table.Schema, table.Name));

    private void AddPartition(uint id, RelationMessage part)
    {
        if (!_narrower.TryGetValue(id, out var narrower))
            _narrower.Add(id, narrower = []);

        narrower.Remove(part.RelationId);
        if (part.ReplicaIdentity != RelationMessage.ReplicaIdentitySetting.AllColumns)
            narrower.Add(
                part.RelationId,
                [.. part.Columns.Select(ColumnOf).Where(column => column.IsKey).Select(column => column.Name)]);

        _tables[id] = _tables[id] with { IsPartitioned = true };
        _readers.Remove(id);
    }

    /// <summary>What each partition has of a row before its change, where that is not the row.</summary>
    private bool[][] NarrowerThan(LogTable table, uint id) =>
        [.. _narrower.GetValueOrDefault(id, []).Values.Select(
            identity => table.Columns.Select(column => identity.Contains(column.Name)).ToArray())];

    private static HashSet<string> Names(LogTable table) => [.. table.Columns.Select(column => column.Name)];

    private static LogColumn ColumnOf(RelationMessage.Column column) => new(
        column.ColumnName, column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey), column.DataTypeId);
}
