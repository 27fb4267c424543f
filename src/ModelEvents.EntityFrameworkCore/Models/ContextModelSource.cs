using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;

namespace ModelEvents.Models;

/// <summary>The entity types that a captured context maps.</summary>
internal sealed class ContextModelSource<TContext>(IServiceScopeFactory scopes) : IModelSource
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

    private static KnownModel Known(IEntityType type)
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

    private static KnownProperty[] PropertiesOf(IEntityType type) =>
    [
        .. type.GetProperties().Select(p => new KnownProperty(p.Name, p.ClrType)),
        .. type.GetComplexProperties().Select(p => new KnownProperty(p.Name, p.ClrType, IsScalar: false)),
        .. type.GetNavigations().Where(n => n is { IsOnDependent: false, ForeignKey.IsOwnership: true })
            .Select(n => new KnownProperty(n.Name, n.ClrType, IsScalar: false)),
        .. type.GetSkipNavigations().Select(n => new KnownProperty(n.Name, n.ClrType, IsScalar: false)),
    ];
}
