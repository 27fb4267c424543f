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

        var key = navigation.JoinEntityType.FindPrimaryKey()!.Properties;
        return PositionOf(navigation) > PositionOf(navigation.Inverse);

        int PositionOf(ISkipNavigation side) => key.TakeWhile(part => !side.ForeignKey.Properties.Contains(part)).Count();
    }
}
