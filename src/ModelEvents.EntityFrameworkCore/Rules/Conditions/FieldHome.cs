using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Rules.Conditions;

/// <summary>Where the values of a field are: with the instance of the model itself, or with one that it owns.</summary>
/// <param name="ownerships">The way there from the model.</param>
internal sealed class FieldHome(IReadOnlyList<IForeignKey> ownerships)
{
    public static readonly FieldHome Model = new([]);

    /// <summary>One step further.</summary>
    public FieldHome Owning(IForeignKey ownership) => new([.. ownerships, ownership]);

    /// <summary>The entry with the values before or after the change; <see langword="null"/> where none is owned.</summary>
    public IUpdateEntry? Find(IUpdateEntry model, bool isBefore)
    {
        var entry = isBefore && model is { EntityState: not EntityState.Deleted, SharedIdentityEntry: { } replaced }
            && replaced.EntityType == model.EntityType
                ? replaced
                : model;
        for (var step = 0; step < ownerships.Count && entry is not null; step++)
            entry = TrackedEntries.Owned(entry, ownerships[step], isBefore);
        return entry;
    }
}
