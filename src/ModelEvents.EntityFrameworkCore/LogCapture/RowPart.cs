using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Something in a row that is more than one value: an owned instance, or what a JSON column holds.</summary>
/// <param name="place">The navigation or complex property that holds it.</param>
/// <param name="name">The name under which its change is told.</param>
internal abstract class RowPart(IPropertyBase place, string name)
{
    private readonly Action<object, object?> _put = GeneratedValues.SetterOf(place);

    public string Name => name;

    /// <summary>Whether an update left it alone and the row does not have it.</summary>
    public abstract bool IsUnknown(object?[] row);

    /// <summary>Whether the row has something of it that cannot be read.</summary>
    public abstract bool IsUnreadable(object?[] row);

    public abstract bool Differs(object?[] before, object?[] after);

    /// <summary>Puts it on the instance that it is part of; what the row does not have comes from the database.</summary>
    public void Put(RowReading reading, object instance, object?[] row, IUpdateEntry? loaded)
    {
        if (loaded is not null && (IsUnknown(row) || IsUnreadable(row)))
            _put(instance, loaded.GetCurrentValue(place));
        else if (!IsUnknown(row))
            _put(instance, Read(reading, row));
    }

    protected abstract object? Read(RowReading reading, object?[] row);
}
