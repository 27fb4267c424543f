using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.LogCapture;

/// <summary>What a JSON column holds: an owned or complex instance, or a collection of them.</summary>
internal sealed class JsonRowPart(IPropertyBase place, string name, int column, JsonShape shape) : RowPart(place, name)
{
    public override bool IsUnknown(object?[] row) => ReferenceEquals(row[column], LogRow.Absent);

    public override bool IsUnreadable(object?[] row) => row[column] is UnreadableValue;

    public override bool Differs(object?[] before, object?[] after) =>
        !IsUnknown(after) && !Equals(before[column], after[column]);

    protected override object? Read(RowReading reading, object?[] row)
    {
        if (row[column] is UnreadableValue unread)
            throw new FormatException($"The column of '{Name}' cannot be read: {unread.Reason}");
        if (row[column] is not string text)
            return shape.Read(reading, default);

        using var document = JsonDocument.Parse(text);
        return shape.Read(reading, document.RootElement);
    }
}
