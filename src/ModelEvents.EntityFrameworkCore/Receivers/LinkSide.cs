using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Receivers;

/// <summary>One side of a many-to-many relationship.</summary>
/// <param name="Navigation">The skip navigation from the instances of this side.</param>
/// <param name="IsReverse">Whether the other side comes first.</param>
internal sealed record LinkSide(ISkipNavigation Navigation, bool IsReverse)
{
    /// <summary>The sides that rows of a join table stand for, the first one first; none where the type joins nothing.</summary>
    public static LinkSide[] Of(IEntityType joinType) =>
    [
        .. joinType.Model.GetEntityTypes()
            .SelectMany(type => type.GetDeclaredSkipNavigations())
            .Where(navigation => navigation.JoinEntityType == joinType)
            .Select(navigation => new LinkSide(navigation, IsSecond(navigation)))
            .OrderBy(side => side.IsReverse),
    ];

    private static bool IsSecond(ISkipNavigation navigation)
    {
        if (navigation.IsShadowProperty() != navigation.Inverse.IsShadowProperty())
            return navigation.IsShadowProperty();

        var order = PositionOf(navigation).CompareTo(PositionOf(navigation.Inverse));
        return order > 0
            || (order == 0 && string.CompareOrdinal(NameOf(navigation), NameOf(navigation.Inverse)) > 0);
    }

    /// <summary>Where the join table's key has what leads to this side alone; equal for both where it has a key of its own.</summary>
    private static int PositionOf(ISkipNavigation side) =>
        side.JoinEntityType.FindPrimaryKey()!.Properties.TakeWhile(part => !OwnOf(side).Contains(part)).Count();

    private static string NameOf(ISkipNavigation side) => string.Join(',', OwnOf(side).Select(part => part.Name));

    /// <summary>A part of both foreign keys, such as a tenant, leads to neither.</summary>
    private static IEnumerable<IProperty> OwnOf(ISkipNavigation side) =>
        side.ForeignKey.Properties.Except(side.Inverse.ForeignKey.Properties);
}
