#pragma warning disable EF1001 // A property's place in EF Core's own arrays of values has no public name.
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>A mapped property and the column of a row that holds it.</summary>
/// <param name="property">The property.</param>
/// <param name="column">Where its column stands in a row.</param>
/// <param name="name">The name under which its change is told; none for a key or what only the database keeps.</param>
internal sealed class RowProperty(IProperty property, int column, string? name)
{
    private readonly Func<object?, object?>? _convert = StoredEnum.ConverterOf(property);
    private readonly ValueEquality _equality = ValueEquality.Of(property);
    private readonly Lazy<ValueForm?> _keyForm = new(() => EntityKey.FormOf(property));

    public IProperty Property => property;

    public int Column => column;

    /// <summary>Its place among the values of its entity type.</summary>
    public int Index { get; } = IndexOf(property);

    public string? Name => name;

    /// <inheritdoc cref="Index"/>
    public static int IndexOf(IProperty property) => property.GetIndex();

    /// <summary>Its value in a row.</summary>
    public object? Read(object?[] row)
    {
        var stored = row[column];
        return stored switch
        {
            null => null,
            _ when IsAbsent(row) => throw new InvalidOperationException(
                $"The log does not have the column of '{property.Name}' before the change, as it is not in the replica identity. "
                + "Let the table have REPLICA IDENTITY FULL, or call 'IModelEventLog.SetUpAsync'."),
            UnreadableValue unread => throw new FormatException($"The column of '{property.Name}' cannot be read: {unread.Reason}"),
            _ => _convert is null ? stored : _convert(stored),
        };
    }

    /// <summary>Its value in a row as a part of a key's text.</summary>
    public object? KeyPart(object?[] row)
    {
        if (row[column] is null or UnreadableValue || IsAbsent(row))
            return row[column];

        try
        {
            return _keyForm.Value is { } form ? form.Text(Read(row)!) : row[column];
        }
        catch (Exception)
        {
            // Whoever makes the event finds out too, and parks it with the reason.
            return EntityKey.Text([row[column]]);
        }
    }

    /// <summary>Whether a row does not tell it. A key must be readable in any case.</summary>
    public bool IsLeft(object?[] row, bool leavesUnreadable) =>
        (IsAbsent(row) || (leavesUnreadable && row[column] is UnreadableValue)) && !property.IsPrimaryKey();

    /// <summary>Whether the log does not have it.</summary>
    public bool IsAbsent(object?[] row) => ReferenceEquals(row[column], LogRow.Absent);

    /// <summary>Whether two rows differ in it, as far as they have it.</summary>
    public bool Differs(object?[] before, object?[] after) =>
        !IsAbsent(before) && !IsAbsent(after) && !Equals(before[column], after[column]) && !AreEqual(before, after);

    private bool AreEqual(object?[] before, object?[] after)
    {
        try
        {
            return _equality.AreEqual(Read(before), Read(after));
        }
        catch (Exception)
        {
            // Whoever makes the event finds out too, and parks it with the reason.
            return false;
        }
    }
}
