#pragma warning disable EF1001 // A property's place in EF Core's own arrays of values has no public name.
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.LogCapture;

/// <summary>
/// The property that is a row's <c>xmin</c>: no column of the log, but the transaction that wrote the row (or, within a
/// savepoint, a part of it that the log does not name).
/// </summary>
internal sealed class RowVersion(IProperty property)
{
    public const string Column = "xmin";

    private readonly int _index = property.GetIndex();

    public IProperty Property => property;

    public void Fill(RowReading reading, object?[] values) => values[_index] = reading.TransactionId;
}
