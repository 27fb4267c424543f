using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.LogCapture;

/// <summary>
/// Tells at start-up what is different about models that are captured from the log: what their rows do not have, and what
/// that costs.
/// </summary>
internal sealed class LogCaptureNotes<TContext>(
    IServiceScopeFactory scopes, CapturedModelsSource models, ILogger<LogCaptureNotes<TContext>> logger) : IHostedService
    where TContext : DbContext
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        using var scope = scopes.CreateScope();
        var captured = models.FromLog(scope.ServiceProvider.GetRequiredService<TContext>());
        foreach (var (type, model) in captured.All.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            ThrowIfInTableOfAnother(type, captured);
            TellNavigations(type, model.Listed);
            TellLoading(type);
        }

        if (captured is { HasRules: true, IsEmpty: false })
            Capture.Log.RulesNotAsked(logger, typeof(TContext).Name, Quote(captured.All.Select(pair => pair.Key.ShortName())));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A row could be either, or both.</summary>
    private static void ThrowIfInTableOfAnother(IEntityType type, CapturedModels captured)
    {
        var other = type.GetTableMappings().SelectMany(mapping => mapping.Table.EntityTypeMappings)
            .Select(mapping => mapping.TypeBase).OfType<IEntityType>()
            .FirstOrDefault(other => captured.Find(other) is not null && other.GetRootType() != type.GetRootType());
        if (other is null)
            return;

        throw new InvalidOperationException(
            $"The models '{type.DisplayName()}' and '{other.DisplayName()}' share a table, whose rows in the log do not tell "
            + "which of them has changed. Set the 'Capture' of one to 'Tracker'.");
    }

    private void TellNavigations(IEntityType type, ListedModel listed)
    {
        var navigations = type.GetNavigations().Where(navigation => !navigation.ForeignKey.IsOwnership)
            .Select(navigation => navigation.Name)
            .Concat(type.GetSkipNavigations().Where(navigation => !navigation.IsShadowProperty()).Select(navigation => navigation.Name))
            .ToList();
        if (listed is { SerializerType: { } serializer, LoadNavigations.Count: 0 } && navigations.Count > 0)
            Capture.Log.NavigationsNotLoaded(logger, listed.Name, serializer.Name, Quote(navigations));
    }

    private void TellLoading(IEntityType type)
    {
        var elsewhere = type.GetNavigations()
            .Where(navigation => navigation is { IsOnDependent: false, ForeignKey.IsOwnership: true }
                && !navigation.TargetEntityType.IsMappedToJson()
                && !navigation.TargetEntityType.GetTableMappings().Any(IsTableOf))
            .Select(navigation => $"'{navigation.Name}', which is in a table of its own");
        var generated = type.GetFlattenedProperties().Where(property => property.GetComputedColumnSql() is not null)
            .Select(property => $"'{property.Name}', which the database generates");
        var shared = type.GetTableMappings().Take(2).Count() > 1 ? ["what is in its other tables"] : Array.Empty<string>();
        var lacks = string.Join(", ", elsewhere.Concat(generated).Concat(shared));
        if (lacks.Length > 0)
            Capture.Log.ReadAfterCommit(logger, type.DisplayName(), lacks);

        bool IsTableOf(ITableMapping mapping) => type.GetTableMappings().Any(its => its.Table == mapping.Table);
    }

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
