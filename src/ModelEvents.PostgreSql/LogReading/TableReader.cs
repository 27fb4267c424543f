using ModelEvents.LogCapture;
using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <summary>Reads the rows of a table as it is now, by its plan.</summary>
/// <param name="plan">Its plan.</param>
/// <param name="types">The server's types.</param>
/// <param name="narrower">Of partitions whose replica identity is not whole rows, which columns it has.</param>
internal sealed class TableReader(RowPlan plan, ServerTypes types, bool[][] narrower)
{
    private readonly ColumnReader?[] _columns =
        [.. plan.Types.Select(type => type is null ? null : ColumnReader.Of(type))];

    public RowPlan Plan => plan;

    /// <summary>The wanted values of a row, and how many bytes they took.</summary>
    public async ValueTask<(object?[] Values, long Bytes)> ReadAsync(
        ReplicationTuple row, CancellationToken cancellationToken)
    {
        var values = new object?[_columns.Length];
        var (at, bytes) = (0, 0L);

        await foreach (var value in row.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            // A row of another shape would have been announced.
            if (_columns[at] is { } column)
            {
                values[at] = await column.ReadAsync(value, cancellationToken).ConfigureAwait(false);
                if (values[at] is UnreadableValue)
                    ThrowIfNew(value, at);
                bytes += value.Length;
            }

            at++;
        }

        return (values, bytes);
    }

    /// <summary>Marks what the log does not have of a row before its change. Returns whether it has all of it.</summary>
    public bool MarkAbsent(object?[] before, bool isSaidToBeWhole)
    {
        // The server goes by the table where it says that a row is whole, and by the partition in what it has of it.
        var isWhole = isSaidToBeWhole;
        foreach (var identity in narrower)
            isWhole &= !HasOnly(before, identity);
        if (isWhole)
            return true;

        // The columns of a replica identity are never null.
        for (var at = 0; at < before.Length; at++)
            before[at] ??= LogRow.Absent;
        return false;
    }

    private static bool HasOnly(object?[] before, bool[] identity)
    {
        var lacks = false;
        for (var at = 0; at < before.Length; at++)
        {
            if (identity[at])
                continue;
            if (before[at] is not null)
                return false;
            lacks = true;
        }

        return lacks;
    }

    /// <summary>Ends the session, so that the next one reads the row with types that the server was asked for anew.</summary>
    private void ThrowIfNew(ReplicationValue value, int at)
    {
        if (value.GetPostgresType().OID == 0 && types.TryMiss(plan.Table.Columns[at].TypeId))
            throw new InvalidOperationException(
                $"The type of the column '{value.GetFieldName()}' of '{plan.Table.Name}' was made after the log began to be " +
                "read. The log is read again with it.");
    }
}
