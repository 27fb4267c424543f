#pragma warning disable EF1001 // The entries of a complex collection's elements have no public name.
using System.Collections;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>Compares complex collections by their values; EF Core only knows that one was marked to be written.</summary>
internal static class ComplexCollections
{
    /// <summary>Whether the collection of one entry, before its update, has other values than that of another one now.</summary>
    public static bool Differ(IUpdateEntry before, IUpdateEntry now, IComplexProperty collection) =>
        Differ((InternalEntryBase)before, (InternalEntryBase)now, collection);

    private static bool Differ(InternalEntryBase before, InternalEntryBase now, IComplexProperty collection)
    {
        if (before.GetOriginalValue(collection) is not IList was || now.GetCurrentValue(collection) is not IList becomes)
            return before.GetOriginalValue(collection) is not null || now.GetCurrentValue(collection) is not null;
        if (was.Count != becomes.Count)
            return true;

        for (var at = 0; at < was.Count; at++)
        {
            if (was[at] is null || becomes[at] is null)
            {
                if (was[at] != becomes[at])
                    return true;
            }
            else if (DiffersAt(before, now, collection, at))
            {
                return true;
            }
        }

        return false;
    }

    private static bool DiffersAt(InternalEntryBase before, InternalEntryBase now, IComplexProperty collection, int at)
    {
        var was = before.GetComplexCollectionOriginalEntry(collection, at);
        var becomes = now.GetComplexCollectionEntry(collection, at);
        return collection.ComplexType.GetFlattenedProperties().Any(property =>
                !ValueEquality.Of(property).AreEqual(was.GetOriginalValue(property), becomes.GetCurrentValue(property)))
            || collection.ComplexType.GetFlattenedComplexProperties().Any(
                nested => nested.IsCollection && Differ(was, becomes, nested));
    }
}
