using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ModelEvents.Catalog;
using ModelEvents.Rules;
using ModelEvents.Rules.InForce;
using ModelEvents.Rules.Raising;
using ModelEvents.Rules.Services;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what rules need. It has no effect on contexts that do not map them.</summary>
internal static class RuleServices
{
    public static void AddRules<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.TryAddSingleton<RuleHandlers>();
        services.TryAddSingleton<RaisedEventFactory>();
        services.TryAddSingleton<FiredEventFactory>();
        services.TryAddScoped(scope => (ITriggerRules)ScopedRules.Find(scope, typeof(ITriggerRules<>)));
        services.TryAddScoped(scope => (ITriggerEvents)ScopedRules.Find(scope, typeof(ITriggerEvents<>)));

        services.AddKeyedSingleton(
            typeof(TContext), (provider, _) => ActivatorUtilities.CreateInstance<RuleBook>(provider, typeof(TContext)));
        services.AddScoped<ITriggerRules<TContext>>(scope => ActivatorUtilities.CreateInstance<ContextRules<TContext>>(
            scope, scope.GetRequiredKeyedService<RuleBook>(typeof(TContext))));
        services.AddScoped<ITriggerEvents<TContext>, ContextTriggerEvents<TContext>>();
        services.AddSingleton<IHostedService, RuleStart<TContext>>();
        services.AddSingleton<ICatalogSource, RuleCatalog<TContext>>();
    }
}
