using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Receivers;

/// <summary>Reads what has changed on a tracked instance, with the values before and after.</summary>
internal static class PropertyChanges
{
    private static readonly ConditionalWeakTable<IEntityType, Member[]> Members = [];

    public static List<ChangedProperty> Of(IUpdateEntry entry, string path)
    {
        var changed = new List<ChangedProperty>();
        var replaced = entry.SharedIdentityEntry;
        foreach (var (property, name) in Members.GetValue(entry.EntityType, MembersOf))
        {
            if (IsChanged(entry, replaced, property))
                changed.Add(new ChangedProperty(path + name, Before(replaced ?? entry, property), entry.GetCurrentValue(property)));
        }

        return changed;
    }

    /// <summary>What has changed inside an owned instance, or that it is new or gone.</summary>
    public static IEnumerable<ChangedProperty> OfOwned(IUpdateEntry part, string path) => part.EntityState switch
    {
        EntityState.Added => [new ChangedProperty(path, part.SharedIdentityEntry?.ToEntityEntry().Entity, part.ToEntityEntry().Entity)],
        EntityState.Deleted => [new ChangedProperty(path, part.ToEntityEntry().Entity, null)],
        _ => Of(part, $"{path}."),
    };

    private static bool IsChanged(IUpdateEntry entry, IUpdateEntry? replaced, IPropertyBase property) => property switch
    {
        IProperty scalar => (replaced is null && entry.IsModified(scalar))
            || !scalar.GetValueComparer().Equals((replaced ?? entry).GetOriginalValue(scalar), entry.GetCurrentValue(scalar)),
        IComplexProperty complex => entry.IsModified(complex),
        _ => false,
    };

    /// <summary>EF Core keeps no whole collection from before, only its elements.</summary>
    private static object? Before(IUpdateEntry entry, IPropertyBase property) =>
        property is IProperty ? entry.GetOriginalValue(property) : null;

    private static Member[] MembersOf(IEntityType type) =>
    [
        .. type.GetFlattenedProperties().Where(property => !property.IsPrimaryKey())
            .Select(property => new Member(property, PathOf(property))),
        .. type.GetFlattenedComplexProperties().Where(property => property.IsCollection)
            .Select(property => new Member(property, PathOf(property))),
    ];

    private static string PathOf(IPropertyBase property) =>
        property.DeclaringType is IComplexType type ? $"{PathOf(type.ComplexProperty)}.{property.Name}" : property.Name;

    private sealed record Member(IPropertyBase Property, string Name);
}
