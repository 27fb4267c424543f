using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Tests.SameSave;

/// <summary>
/// The order of temporary keys among those of one model. Which numbers they are depends on what else the process has done.
/// </summary>
internal sealed class Temporaries
{
    private const int Highest = -1_000_000;

    private readonly Dictionary<IProperty, SortedSet<int>> _ofKeys = [];

    public Temporaries(IEnumerable<EntityEntry> entries)
    {
        foreach (var property in entries.SelectMany(entry => entry.Properties))
        {
            Add(property.Metadata, property.CurrentValue);
            Add(property.Metadata, property.OriginalValue);
        }
    }

    /// <summary>What stands for a value, if it is temporary.</summary>
    public string? NameOf(IProperty property, object? value) =>
        value is int and <= Highest ? $"temporary {_ofKeys[RootOf(property)].Count(other => other < (int)value)}" : null;

    private void Add(IProperty property, object? value)
    {
        if (value is not (int and <= Highest and var number))
            return;
        if (!_ofKeys.TryGetValue(RootOf(property), out var numbers))
            _ofKeys.Add(RootOf(property), numbers = []);
        numbers.Add(number);
    }

    private static IProperty RootOf(IProperty property) =>
        property.FindFirstPrincipal() is { } principal && principal != property ? RootOf(principal) : property;
}
