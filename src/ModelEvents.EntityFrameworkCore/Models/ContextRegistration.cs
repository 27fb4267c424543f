using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Models;

/// <summary>Checks that a captured context is registered.</summary>
internal sealed class ContextRegistration<TContext>(IServiceProviderIsService services) : IRegistrationCheck
    where TContext : DbContext
{
    public IEnumerable<string> FindMistakes()
    {
        var name = typeof(TContext).Name;
        if (!services.IsService(typeof(TContext)))
            yield return $"The context '{name}' is captured but not registered. Add 'services.AddDbContext<{name}>(...)'.";
    }
}
