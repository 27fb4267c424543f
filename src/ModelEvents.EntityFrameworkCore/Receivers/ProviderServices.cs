using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Puts what is ours around services of the database provider. A singleton of EF Core's own provider, which several hosts may
/// share: the receivers are those of the context's options.
/// </summary>
internal sealed class ProviderServices
{
    private readonly ConcurrentDictionary<Type, Func<IServiceProvider, object>?> _originals = [];

    /// <summary>
    /// Registers the services. The provider may be registered before or after, and adds only what is not there yet.
    /// </summary>
    /// <param name="services">The services of EF Core's own provider.</param>
    /// <param name="hasMigrations">Whether migrations have receivers.</param>
    public static void Replace(IServiceCollection services, bool hasMigrations)
    {
        services.AddSingleton<ProviderServices>();
        services.Replace(ServiceDescriptor.Scoped<IBatchExecutor>(provider => NewExecutor(provider)!));
        if (!hasMigrations)
            return;

        services.Replace(ServiceDescriptor.Scoped<IMigrator>(provider => NewMigrator(provider)!));
        services.Replace(ServiceDescriptor.Scoped(NewCreator));
    }

    /// <summary>A provider that is not relational has none.</summary>
    private static SaveExecutor? NewExecutor(IServiceProvider services) =>
        Original<IBatchExecutor>(services) is { } executor ? new SaveExecutor(executor, ContextOf(services)) : null;

    /// <inheritdoc cref="NewExecutor"/>
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
        where T : class =>
        (T?)services.GetRequiredService<ProviderServices>()._originals
            .GetOrAdd(typeof(T), FactoryOf, services.GetRequiredService<IDbContextOptions>())?.Invoke(services);

    private static Func<IServiceProvider, object>? FactoryOf(Type service, IDbContextOptions options)
    {
        var services = new ServiceCollection();
        foreach (var extension in options.Extensions.Where(extension => extension.Info.IsDatabaseProvider))
            extension.ApplyServices(services);
        var descriptor = services.LastOrDefault(descriptor => descriptor.ServiceType == service);
        if (descriptor is null or { ImplementationFactory: not null })
            return descriptor?.ImplementationFactory;

        var create = ActivatorUtilities.CreateFactory(descriptor.ImplementationType!, []);
        return provider => create(provider, null);
    }
}
