using ModelEvents.LogCapture;
using Npgsql.Replication.PgOutput.Messages;

namespace ModelEvents.Outbox;

/// <summary>The tables of the stream, each with the way to read it, for as long as neither it nor the model list changes.</summary>
internal sealed class LogTables(IRowCapture capture, ServerTypes types)
{
    private readonly Dictionary<uint, LogTable> _tables = [];
    private readonly Dictionary<uint, TableReader?> _readers = [];
    private object? _wanted;

    /// <summary>Takes a table's description, which comes before its first row and after each change of it.</summary>
    public void Describe(RelationMessage relation)
    {
        _tables[relation.RelationId] = new LogTable(
            relation.Namespace, relation.RelationName, [.. relation.Columns.Select(ColumnOf)]);
        _readers.Remove(relation.RelationId);
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

    public LogTable Of(RelationMessage relation) => _tables[relation.RelationId];

    /// <summary>The reader of a table's rows, or <see langword="null"/> if nobody wants them.</summary>
    public TableReader? ReaderOf(RelationMessage relation)
    {
        if (!_readers.TryGetValue(relation.RelationId, out var reader))
        {
            var plan = capture.Plan(Of(relation));
            _readers[relation.RelationId] = reader = plan is null ? null : new TableReader(plan, types);
        }

        return reader;
    }

    private static LogColumn ColumnOf(RelationMessage.Column column) => new(
        column.ColumnName, column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey), column.DataTypeId);
}
