using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Rules;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers for types of rules.</summary>
public static class TriggerRulesServiceCollectionExtensions
{
    /// <summary>
    /// Adds a handler for the rules of its type, as a singleton. It takes the place of an earlier one of the same type, a
    /// built-in one included. Rules themselves come with <c>Capture</c> and <c>modelBuilder.AddTriggerRules()</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    public static IServiceCollection AddTriggerRuleHandler<THandler>(this IServiceCollection services)
        where THandler : class, ITriggerRuleHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITriggerRuleHandler, THandler>());
        return services;
    }
}
