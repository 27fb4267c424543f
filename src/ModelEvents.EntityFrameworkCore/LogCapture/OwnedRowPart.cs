using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.LogCapture;

/// <summary>An owned instance in columns of its owner's row.</summary>
internal sealed class OwnedRowPart : RowPart
{
    private readonly RowType _type;
    private readonly RowProperty[] _properties;
    private readonly RowPart[] _parts;
    private readonly RowProperty[] _telling;
    private readonly bool _isRequired;
    private readonly bool _needsAll;

    /// <param name="navigation">From the owner to it.</param>
    /// <param name="name">The name under which its change is told.</param>
    /// <param name="type">Its type.</param>
    /// <param name="properties">Its properties that are in the row.</param>
    /// <param name="parts">What it owns in turn.</param>
    public OwnedRowPart(
        INavigation navigation, string name, RowType type, RowProperty[] properties, RowPart[] parts)
        : base(navigation, name)
    {
        (_type, _properties, _parts) = (type, properties, parts);
        _isRequired = navigation.ForeignKey.IsRequiredDependent;

        // As EF Core tells an optional owned instance from none: by its required columns, or else by any.
        var own = properties.Where(property => !property.Property.IsPrimaryKey()).ToArray();
        var required = own.Where(property => !property.Property.IsNullable).ToArray();
        (_telling, _needsAll) = required.Length > 0 ? (required, true) : (own, false);
    }

    public override bool IsUnknown(object?[] row) =>
        Array.Exists(_properties, property => property.IsAbsent(row)) || Array.Exists(_parts, part => part.IsUnknown(row));

    public override bool IsUnreadable(object?[] row) =>
        Array.Exists(_properties, property => row[property.Column] is UnreadableValue)
        || Array.Exists(_parts, part => part.IsUnreadable(row));

    public override bool Differs(object?[] before, object?[] after) =>
        Array.Exists(_properties, property => property.Differs(before, after))
        || Array.Exists(_parts, part => part.Differs(before, after));

    protected override object? Read(RowReading reading, object?[] row)
    {
        if (!_isRequired && !IsThere(row))
            return null;

        var values = _type.NewValues(loaded: null);
        foreach (var property in _properties)
            values[property.Index] = property.Read(row) ?? values[property.Index];

        var instance = _type.Materialize(reading, values);
        _type.SetShadow(reading, instance, values);
        foreach (var part in _parts)
            part.Put(reading, instance, row, loaded: null);
        return instance;
    }

    private bool IsThere(object?[] row) => _needsAll
        ? Array.TrueForAll(_telling, property => row[property.Column] is not null)
        : Array.Exists(_telling, property => row[property.Column] is not null);
}
