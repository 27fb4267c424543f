using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.OwnEvents;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Rules.Services;

/// <summary>Finds the one captured context of a scope that maps rules.</summary>
internal static class ScopedRules
{
    /// <param name="scope">The scope.</param>
    /// <param name="service">The service of a context, such as <c>ITriggerRules&lt;&gt;</c>.</param>
    public static object Find(IServiceProvider scope, Type service)
    {
        var mapping = scope.GetServices<CapturedContext>()
            .Where(captured => RuleBook.IsMapped(((DbContext)scope.GetRequiredService(captured.Type)).Model))
            .ToList();

        return mapping switch
        {
            [var only] => scope.GetRequiredService(service.MakeGenericType(only.Type)),
            [] => throw new InvalidOperationException(
                "No captured context maps rules. Call 'modelBuilder.AddTriggerRules()' in the 'OnModelCreating' of one."),
            _ => throw new InvalidOperationException(
                "More than one captured context maps rules: "
                + $"{Configuration.Nearest.Quote(mapping.Select(one => one.Type.Name), "and")}. "
                + $"Ask for '{service.Name.Split('`')[0]}<{mapping[0].Type.Name}>'."),
        };
    }
}
