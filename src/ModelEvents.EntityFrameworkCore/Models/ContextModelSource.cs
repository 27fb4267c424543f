using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using ModelEvents.Configuration;

namespace ModelEvents.Models;

/// <summary>The entity types that a captured context maps.</summary>
internal sealed class ContextModelSource<TContext>(IServiceScopeFactory scopes, BodyWriters bodies) : IModelSource
    where TContext : DbContext
{
    public IReadOnlyList<KnownModel> GetModels()
    {
        using var scope = scopes.CreateScope();
        if (scope.ServiceProvider.GetService<TContext>() is not { } context)
            return [];

        return
        [
            .. context.Model.GetEntityTypes()
                .Where(type => !CapturedModelsSource.IsOurs(type))
                .Select(Known),
        ];
    }

    private KnownModel Known(IEntityType type)
    {
        var known = new KnownModel(type.ClrType, typeof(TContext).Name, PropertiesOf(type))
        {
            EntityName = type.IsOwned() ? null : CapturedModelsSource.IdentityOf(type).EntityName,
            WhyNotListed = WhyNotListed(type),
            HasNavigation = path => HasNavigation(type, path.Split('.')),
        };
        return type.GetSchema() is { } schema ? known with { Group = EventNames.SnakeCase(schema) } : known;
    }

    private static string? WhyNotListed(IEntityType type)
    {
        if (type.FindOwnership() is { } ownership)
        {
            var owner = ownership.PrincipalEntityType.DisplayName();
            return $"is owned by '{owner}', whose events tell of its changes too. List '{owner}' in its place.";
        }

        return type.FindPrimaryKey() is null
            ? "has no key, so that EF Core tracks no changes of it. Remove it from the list, or map it with 'HasKey'."
            : null;
    }

    private static bool HasNavigation(IEntityType type, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
            return true;

        INavigationBase? first = type.FindNavigation(path[0]);
        first ??= type.FindSkipNavigation(path[0]);
        return first is not null && HasNavigation(first.TargetEntityType, path[1..]);
    }

    private KnownProperty[] PropertiesOf(IEntityType type) =>
    [
        .. type.GetProperties().Select(p => new KnownProperty(p.Name, p.ClrType)
        {
            IsKey = p.IsPrimaryKey(),
            ToldName = bodies.NameOf(p.Name),
            WhyNotWritten = () => bodies.WhyNotWritten([p]),
        }),
        .. type.GetComplexProperties().Select(p => new KnownProperty(p.Name, p.ClrType, IsScalar: false)
        {
            ToldName = bodies.NameOf(p.Name),
            WhyNotWritten = () => WhyNotWritten(p.ComplexType),
        }),
        .. OwnedBy(type).Select(n => new KnownProperty(n.Name, n.ClrType, IsScalar: false)
        {
            ToldName = bodies.NameOf(n.Name),
            WhyNotWritten = () => WhyNotWritten(n.TargetEntityType),
        }),
        .. type.GetSkipNavigations().Select(n => new KnownProperty(n.Name, n.ClrType, IsScalar: false)
        {
            ToldName = bodies.NameOf(n.Name),
            WhyNotWritten = () => bodies.WhyNotWritten(n.TargetEntityType.FindPrimaryKey()!.Properties),
        }),
    ];

    private string? WhyNotWritten(ITypeBase type) =>
        bodies.WhyNotWritten(PropertiesIn(type)) ?? TypesIn(type).Select(WhyOneName).FirstOrDefault(reason => reason is not null);

    /// <summary>What is wrong with a type in which several members would have one name in bodies.</summary>
    private string? WhyOneName(ITypeBase type) =>
        MembersOf(type).GroupBy(bodies.NameOf).FirstOrDefault(same => same.Skip(1).Any()) is { } one
            ? $"has {Nearest.Quote(one, "and")} in '{type.ShortName()}', which are all called '{one.Key}' in bodies. Rename one, or "
                + "set 'PropertyNaming' to 'None'."
            : null;

    private static IEnumerable<string> MembersOf(ITypeBase type) =>
    [
        // Keys that only tie an owned type to its owner are in no body.
        .. type.GetProperties().Where(p => !p.IsShadowProperty() || !p.IsKey()).Select(p => p.Name),
        .. type.GetComplexProperties().Select(p => p.Name),
        .. type is IEntityType owner ? OwnedBy(owner).Select(n => n.Name) : [],
    ];

    private static IEnumerable<ITypeBase> TypesIn(ITypeBase type) =>
    [
        type,
        .. type.GetComplexProperties().SelectMany(p => TypesIn(p.ComplexType)),
        .. type is IEntityType owner ? OwnedBy(owner).SelectMany(n => TypesIn(n.TargetEntityType)) : [],
    ];

    /// <summary>What the values in a complex or owned type are made of.</summary>
    private static IEnumerable<IProperty> PropertiesIn(ITypeBase type) =>
    [
        .. type.GetProperties(),
        .. type.GetComplexProperties().SelectMany(p => PropertiesIn(p.ComplexType)),
        .. type is IEntityType owner ? OwnedBy(owner).SelectMany(n => PropertiesIn(n.TargetEntityType)) : [],
    ];

    private static IEnumerable<INavigation> OwnedBy(IEntityType type) =>
        type.GetNavigations().Where(n => n is { IsOnDependent: false, ForeignKey.IsOwnership: true });
}
