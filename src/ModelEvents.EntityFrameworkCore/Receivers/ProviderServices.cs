using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Puts receivers around services of the database provider. A singleton of EF Core's own provider, which several hosts may
/// share: the receivers are those of the context's options.
/// </summary>
internal sealed class ProviderServices
{
    private readonly ConcurrentDictionary<Type, ServiceDescriptor?> _descriptors = [];

    /// <summary>
    /// Registers the services with receivers. The provider may be registered before or after, and adds only what is not there
    /// yet.
    /// </summary>
    public static void Replace(IServiceCollection services)
    {
        services.AddSingleton<ProviderServices>();
        services.Replace(ServiceDescriptor.Scoped<IMigrator>(provider => NewMigrator(provider)!));
        services.Replace(ServiceDescriptor.Scoped(NewCreator));
    }

    /// <summary>A provider that is not relational has none.</summary>
    private static IMigrator? NewMigrator(IServiceProvider services)
    {
        var migrator = Original<IMigrator>(services);
        return migrator is not null && ReceiversOf(services) is { } receivers
            ? new ReceivedMigrator(migrator, ContextOf(services), receivers)
            : migrator;
    }

    private static IDatabaseCreator NewCreator(IServiceProvider services)
    {
        var (context, receivers) = (ContextOf(services), ReceiversOf(services));
        return Original<IDatabaseCreator>(services) switch
        {
            { } creator when receivers is null => creator,
            IRelationalDatabaseCreator relational => new ReceivedRelationalCreator(relational, context, receivers!),
            { } creator => new ReceivedCreator(creator, context, receivers!),
            null => throw new InvalidOperationException(
                $"The database provider of '{context.GetType().Name}' cannot create databases. Remove the receivers of "
                + "migrations."),
        };
    }

    private static DbContext ContextOf(IServiceProvider services) =>
        services.GetRequiredService<ICurrentDbContext>().Context;

    /// <summary>None where the user's own provider of EF Core's services serves a context that has none.</summary>
    private static MigrateReceivers? ReceiversOf(IServiceProvider services) =>
        services.GetRequiredService<IDbContextOptions>().FindExtension<CaptureExtension>()?.Receivers.Migrations is
            { Any: true } receivers
                ? receivers
                : null;

    /// <summary>The service as the database provider itself registers it.</summary>
    private static T? Original<T>(IServiceProvider services)
        where T : class
    {
        var options = services.GetRequiredService<IDbContextOptions>();
        var descriptor = services.GetRequiredService<ProviderServices>()._descriptors
            .GetOrAdd(typeof(T), DescriptorOf, options);
        return descriptor switch
        {
            null => null,
            { ImplementationFactory: { } factory } => (T)factory(services),
            _ => (T)ActivatorUtilities.CreateInstance(services, descriptor.ImplementationType!),
        };
    }

    private static ServiceDescriptor? DescriptorOf(Type service, IDbContextOptions options)
    {
        var services = new ServiceCollection();
        foreach (var extension in options.Extensions.Where(extension => extension.Info.IsDatabaseProvider))
            extension.ApplyServices(services);
        return services.LastOrDefault(descriptor => descriptor.ServiceType == service);
    }
}
