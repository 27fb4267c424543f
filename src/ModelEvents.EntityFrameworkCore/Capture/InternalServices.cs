using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Receivers;
using ModelEvents.Tables;

namespace ModelEvents.Capture;

/// <summary>
/// Marks services of EF Core that a user has made for <c>UseInternalServiceProvider</c> and that have those of ModelEvents.
/// </summary>
internal sealed class InternalServices
{
    /// <summary>Adds all that a context may need: which one it will be is not known.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(InternalServices)))
            return;

        services.AddSingleton<InternalServices>();
        services.AddScoped<ContextState>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<ContextState>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IConventionSetPlugin, AddedTablesPlugin>());
        ProviderServices.Replace(services, hasMigrations: true);
    }

    /// <summary>EF Core asks no extension for its services where it is given a provider of them.</summary>
    public static void Require(IDbContextOptions options)
    {
        var given = options.FindExtension<CoreOptionsExtension>()?.InternalServiceProvider;
        if (given is not null && given.GetService(typeof(InternalServices)) is null)
        {
            throw new InvalidOperationException(
                "The services that 'UseInternalServiceProvider' was given lack those of ModelEvents. Call "
                + "'AddEntityFrameworkModelEvents()' on the collection that they are made of.");
        }
    }
}
