using ModelEvents.LogCapture;
using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <summary>Reads the rows of a table as it is now, by its plan.</summary>
internal sealed class TableReader(RowPlan plan)
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
                bytes += value.Length;
            }

            at++;
        }

        return (values, bytes);
    }
}
