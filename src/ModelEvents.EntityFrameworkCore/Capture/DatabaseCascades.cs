using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Capture;

/// <summary>
/// Tells at start-up which listed models the database changes by itself when something they point to is deleted: EF Core,
/// and so capture, sees only what is loaded.
/// </summary>
internal sealed class DatabaseCascades<TContext>(
    IServiceScopeFactory scopes, CapturedModelsSource models, ILogger<DatabaseCascades<TContext>> logger) : IHostedService
    where TContext : DbContext
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        using var scope = scopes.CreateScope();
        var captured = models.For(scope.ServiceProvider.GetRequiredService<TContext>());
        var foreignKeys = captured.IsRelational
            ? captured.All.SelectMany(pair => ForeignKeysOf(pair.Key)).Distinct().Where(IsBetweenInstances)
            : [];

        var told = foreignKeys.Select(Describe).OfType<string>().Order(StringComparer.Ordinal).ToList();
        if (told.Count > 0)
            Log.DatabaseCascades(logger, typeof(TContext).Name, string.Join("; ", told));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Those of a model's own rows, and of its links' rows to what they link it with.</summary>
    private static IEnumerable<IForeignKey> ForeignKeysOf(IEntityType type) =>
        type.GetForeignKeys().Concat(type.GetSkipNavigations().Select(navigation => navigation.Inverse.ForeignKey));

    /// <summary>
    /// Whether the database has it between the rows of two instances: not where both are in one row (table splitting), or
    /// where both rows are one instance (entity splitting).
    /// </summary>
    private static bool IsBetweenInstances(IForeignKey foreignKey) => foreignKey.GetMappedConstraints()
        .Any(constraint => constraint.MappedForeignKeys.All(mapped =>
            mapped.PrincipalEntityType != mapped.DeclaringEntityType
            || !mapped.Properties.SequenceEqual(mapped.PrincipalKey.Properties)));

    private static string? Describe(IForeignKey foreignKey)
    {
        var effect = foreignKey.DeleteBehavior switch
        {
            DeleteBehavior.Cascade => "deletes",
            DeleteBehavior.SetNull => "clears",
            _ => null,
        };
        return effect is null
            ? null
            : $"that of a '{foreignKey.PrincipalEntityType.DisplayName()}' {effect} '{foreignKey.DeclaringEntityType.DisplayName()}' "
                + $"({string.Join(", ", foreignKey.Properties.Select(property => property.Name))})";
    }
}
