using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// What the navigations to and from a deleted instance hold. EF Core fills them again when it tracks the instance once more,
/// which would bring back to the user's collections what was removed from them.
/// </summary>
internal sealed class NavigationSnapshot
{
    private readonly List<Action> _restore = [];

    public static NavigationSnapshot Of(DbContext context, IUpdateEntry entry)
    {
        var snapshot = new NavigationSnapshot();
        foreach (var key in entry.EntityType.GetForeignKeys())
        {
            if (TrackedEntries.Principal(context, entry, key) is not { } principal)
                continue;

            snapshot.Note(principal, key.PrincipalToDependent, entry);
            snapshot.Note(entry, key.DependentToPrincipal, principal);
            foreach (var link in key.GetReferencingSkipNavigations())
            {
                if (TrackedEntries.Principal(context, entry, link.Inverse.ForeignKey) is { } other)
                    snapshot.Note(principal, link, other);
            }
        }

        return snapshot;
    }

    public void Restore()
    {
        foreach (var restore in _restore)
            restore();
    }

    private void Note(IUpdateEntry from, INavigationBase? navigation, IUpdateEntry to)
    {
        if (navigation is null || navigation.IsShadowProperty())
            return;

        var (instance, other) = (from.ToEntityEntry().Entity, to.ToEntityEntry().Entity);
        if (!navigation.IsCollection)
            NoteReference(from, instance, navigation);
        else if (navigation.GetCollectionAccessor() is { } collection && !collection.Contains(instance, other))
            _restore.Add(() => collection.Remove(instance, other));
    }

    private void NoteReference(IUpdateEntry entry, object instance, INavigationBase navigation)
    {
        var value = entry.GetCurrentValue(navigation);
        var set = GeneratedValues.SetterOf(navigation);
        _restore.Add(() => set(instance, value));
    }
}
