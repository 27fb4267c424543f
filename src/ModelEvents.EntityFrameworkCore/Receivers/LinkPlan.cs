using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>Rows of join tables in, calls of receivers of links out.</summary>
internal static class LinkPlan
{
    public static bool HasAny(ReceivedSave save) => Groups(save, told: null).Count > 0;

    /// <summary>What is to be called before the save, and was not yet.</summary>
    public static IEnumerable<PlannedCall> Before(ReceivedSave save, HashSet<IUpdateEntry> told) =>
        Calls(save, Groups(save, told), LinkAction.PreClear, LinkAction.PreRemove, LinkAction.PreAdd);

    /// <summary>What is to be called after it.</summary>
    public static IEnumerable<PlannedCall> After(ReceivedSave save) =>
        Calls(save, Groups(save, told: null), LinkAction.PostClear, LinkAction.PostRemove, LinkAction.PostAdd);

    private static IEnumerable<PlannedCall> Calls(
        ReceivedSave save, OrderedDictionary<Key, LinkGroup> groups, LinkAction clear, LinkAction remove, LinkAction add) =>
        from grouped in groups.Values
        let isSet = groups.ContainsKey(new Key(grouped.Owner, grouped.Side, IsAdded: true))
        let action = grouped.IsAdded ? add : !isSet && grouped.IsClear() ? clear : remove
        orderby grouped.IsAdded
        select new PlannedCall(
            ReceiversOf(save, grouped.Owner),
            grouped.Owner.ToEntityEntry().Entity,
            new LinksContext(save, grouped, action));

    private static OrderedDictionary<Key, LinkGroup> Groups(ReceivedSave save, HashSet<IUpdateEntry>? told)
    {
        var groups = new OrderedDictionary<Key, LinkGroup>();
        foreach (var join in TrackedEntries.Changed(save.Context))
        {
            // A link that is removed and added again in one save stays what it is.
            if (join is not { EntityState: EntityState.Added or EntityState.Deleted, SharedIdentityEntry: null })
                continue;

            var sides = save.Receivers.LinksOf(join.EntityType);
            if (sides.Length == 0 || told?.Add(join) == false)
                continue;

            foreach (var side in sides)
                Add(save, groups, join, side);
        }

        return groups;
    }

    private static void Add(
        ReceivedSave save, OrderedDictionary<Key, LinkGroup> groups, IUpdateEntry join, LinkSide side)
    {
        var owner = TrackedEntries.Principal(save.Context, join, side.Navigation.ForeignKey);
        var other = TrackedEntries.Principal(save.Context, join, side.Navigation.Inverse.ForeignKey);
        if (owner is null or { EntityState: EntityState.Deleted } || other is { EntityState: EntityState.Deleted }
            || ReceiversOf(save, owner).Length == 0)
            return;

        var key = new Key(owner, side, IsAdded: join.EntityState == EntityState.Added);
        if (!groups.TryGetValue(key, out var group))
            groups.Add(key, group = new LinkGroup(side, owner, key.IsAdded));
        group.Add(join, other);
    }

    private static Receiver[] ReceiversOf(ReceivedSave save, IUpdateEntry owner) =>
        save.Receivers.Of(owner.EntityType)[ReceiverKind.LinksChanged];

    private readonly record struct Key(IUpdateEntry Owner, LinkSide Side, bool IsAdded);
}
