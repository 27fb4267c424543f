using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>How rows of one table hold instances of one entity type, or that table's share of them.</summary>
/// <param name="Model">The listed model that they are.</param>
/// <param name="Type">The entity type.</param>
/// <param name="Properties">The properties that the rows hold.</param>
/// <param name="Key">Those of its key.</param>
/// <param name="Parts">What the rows hold beyond single values.</param>
/// <param name="Version">The property that is the row's version (<c>xmin</c>), if one is.</param>
/// <param name="IsWhole">Whether nothing of the type is anywhere else: in other tables, or in columns that the log lacks.</param>
/// <param name="HasMore">Whether an instance may have rows in other tables: of its own, of what it owns, of its links.</param>
internal sealed record TypeRows(
    CapturedModel Model,
    RowType Type,
    RowProperty[] Properties,
    RowProperty[] Key,
    RowPart[] Parts,
    RowVersion? Version,
    bool IsWhole,
    bool HasMore)
{
    private readonly bool _loadsNavigations = Model.Listed.LoadNavigations.Count > 0;

    /// <summary>Whether the database is to be asked for what a row does not have.</summary>
    public bool NeedsInstance(object?[] row) => !IsWhole || _loadsNavigations || LacksValues(row);

    /// <summary>
    /// Writes what a row has over <paramref name="values"/>; not what cannot be read, where
    /// <paramref name="leavesUnreadable"/>.
    /// </summary>
    public void Fill(RowReading reading, object?[] values, object?[] row, bool leavesUnreadable)
    {
        foreach (var property in Properties)
        {
            if (!property.IsLeft(row, leavesUnreadable))
                values[property.Index] = property.Read(row) ?? NullOf(property, values);
        }

        Version?.Fill(reading, values);
    }

    /// <summary>Puts the parts of a row on an instance.</summary>
    public void PutParts(RowReading reading, object instance, object?[] row, IUpdateEntry? loaded)
    {
        foreach (var part in Parts)
            part.Put(reading, instance, row, loaded);
    }

    /// <summary>All of the type's properties that are columns of some table.</summary>
    public IEnumerable<IProperty> AllProperties => Type.Type.GetFlattenedProperties().Where(property =>
        property.DeclaringType is not IComplexType complex || !complex.IsMappedToJson());

    /// <summary>Those that a row has.</summary>
    public IEnumerable<IProperty> PropertiesIn(object?[] row)
    {
        var had = Properties.Where(property => !property.IsAbsent(row)).Select(property => property.Property);
        return Version is null ? had : had.Append(Version.Property);
    }

    /// <summary>Whether a row alone does not have all columns.</summary>
    public bool LacksColumns(object?[] row)
    {
        foreach (var property in Properties)
        {
            if (property.IsAbsent(row))
                return true;
        }

        return !IsWhole || LacksParts(row);
    }

    /// <summary>Whether a row lacks what it should have beyond single values.</summary>
    public bool LacksParts(object?[] row)
    {
        foreach (var part in Parts)
        {
            if (part.IsUnknown(row))
                return true;
        }

        return false;
    }

    /// <summary>Whether a row lacks large values that an update left alone, or has some that cannot be read.</summary>
    private bool LacksValues(object?[] row)
    {
        foreach (var property in Properties)
        {
            if (row[property.Column] is UnreadableValue || property.IsAbsent(row))
                return true;
        }

        return Array.Exists(Parts, part => part.IsUnknown(row) || part.IsUnreadable(row));
    }

    /// <summary>Whether anything differs that is worth an event.</summary>
    public bool IsChanged(object?[] before, object?[] after)
    {
        foreach (var property in Properties)
        {
            if (property.Name is not null && property.Differs(before, after))
                return true;
        }

        return Array.Exists(Parts, part => part.Differs(before, after));
    }

    /// <summary>Adds the names of what differs.</summary>
    public void AddChanged(SortedSet<string> names, object?[] before, object?[] after)
    {
        foreach (var property in Properties)
        {
            if (property.Name is { } name && property.Differs(before, after))
                names.Add(name);
        }

        foreach (var part in Parts)
        {
            if (part.Differs(before, after))
                names.Add(part.Name);
        }
    }

    // A column that lost its NOT NULL while the program runs; or of a complex value that is none, whatever was loaded.
    private static object? NullOf(RowProperty property, object?[] values) =>
        property.Property.IsNullable || RowType.IsInOptional(property.Property) ? null : values[property.Index];
}
