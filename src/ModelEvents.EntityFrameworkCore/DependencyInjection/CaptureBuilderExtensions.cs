using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ModelEvents;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using ModelEvents.Catalog;
using ModelEvents.LogCapture;
using ModelEvents.Models;
using ModelEvents.Outbox;
using ModelEvents.OwnEvents;
using ModelEvents.Receivers;
using ModelEvents.Rules.InForce;
using ModelEvents.Rules.Raising;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses the contexts whose changes are captured.</summary>
public static class CaptureBuilderExtensions
{
    /// <summary>
    /// Captures the listed models of <typeparamref name="TContext"/>. The context is registered as always, before or
    /// after, with <c>AddDbContext</c>, <c>AddDbContextPool</c> or <c>AddDbContextFactory</c>. May be called for several
    /// contexts; each captures the listed models that it maps and has an outbox of its own.
    /// </summary>
    public static CaptureBuilder<TContext> Capture<TContext>(this ModelEventsBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(service => service.IsKeyedService && Equals(service.ServiceKey, typeof(TContext))
            && service.ServiceType == typeof(CaptureExtension)))
            return new CaptureBuilder<TContext>(services);

        AddShared(services);
        AddOutbox<TContext>(services);
        services.AddKeyedSingleton(typeof(TContext), (provider, _) => NewExtension(provider, typeof(TContext)));
        services.AddKeyedSingleton<IRowCapture>(
            typeof(TContext), (provider, _) => ActivatorUtilities.CreateInstance<RowCapture<TContext>>(provider));
        services.AddScoped<IModelEvents<TContext>, ContextEvents<TContext>>();
        services.AddSingleton(new CapturedContext(typeof(TContext), typeof(IModelEvents<TContext>)));
        services.AddSingleton<IModelSource, ContextModelSource<TContext>>();
        services.AddSingleton<IBodySchemaSource, ContextBodySchemas<TContext>>();
        services.AddSingleton<IRegistrationCheck, ContextRegistration<TContext>>();
        services.AddSingleton<IHostedService, DatabaseCascades<TContext>>();
        services.AddSingleton<IHostedService, LogCaptureNotes<TContext>>();
        services.AddRules<TContext>();
        services.ConfigureDbContext<TContext>((provider, options) => options.UseModelEvents<TContext>(provider));
        return new CaptureBuilder<TContext>(services);
    }

    private static void AddShared(IServiceCollection services)
    {
        services.TryAddSingleton<BodyWriters>();
        services.TryAddSingleton<CapturedModelsSource>();
        services.TryAddSingleton<ChangeCapture>();
        services.TryAddSingleton<EventFactory>();
        services.TryAddSingleton<OwnEventFactory>();
        services.TryAddScoped<IModelEvents, ScopedModelEvents>();
        services.TryAddSingleton<UncapturedWriteGuard>();
        services.TryAddSingleton<ModelReceivers>();
        services.TryAddSingleton<IModelReceivers>(provider => provider.GetRequiredService<ModelReceivers>());
        services.TryAddSingleton<ReceiverRunner>();
        services.TryAddSingleton<SaveReceivers>();
        services.TryAddSingleton<MigrateReceivers>();
        services.TryAddSingleton<ContextReceivers>();
    }

    private static void AddOutbox<TContext>(IServiceCollection services)
        where TContext : DbContext
    {
        services.TryAddSingleton(LookTimes.Default);
        services.AddKeyedSingleton(
            typeof(TContext), (provider, context) => ActivatorUtilities.CreateInstance<SavedDatabases>(provider, context!));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<DatabaseLooks>(
            provider, provider.GetRequiredKeyedService<SavedDatabases>(typeof(TContext))));
        services.TryAddKeyedSingleton<IOutbox>(
            typeof(TContext), (provider, _) => OutboxChoice.Default<TContext>(provider));
        services.AddSingleton<IOutboxReader>(
            provider => provider.GetRequiredKeyedService<IOutbox>(typeof(TContext)));
    }

    private static CaptureExtension NewExtension(IServiceProvider provider, Type contextType)
    {
        var outbox = new Lazy<IOutbox>(() => provider.GetRequiredKeyedService<IOutbox>(contextType));
        var commits = new CommitWatch(outbox);
        var capture = new ContextCapture(
            provider.GetRequiredService<CapturedModelsSource>(),
            provider.GetRequiredService<ChangeCapture>(),
            new SaveEvents(
                provider.GetRequiredService<EventFactory>(),
                ActivatorUtilities.CreateInstance<RuleRaising>(
                    provider, provider.GetRequiredKeyedService<RuleBook>(contextType))),
            outbox,
            commits,
            provider.GetRequiredKeyedService<SavedDatabases>(contextType));
        return new CaptureExtension(
            provider.GetRequiredService<ContextReceivers>(),
            OutboxModel.Asked(provider, contextType),
            new TransactionInterceptor(commits),
            new SaveCommandInterceptor(capture, provider.GetRequiredService<UncapturedWriteGuard>()),
            new ModelEventsInterceptor(capture, provider.GetRequiredService<SaveReceivers>()));
    }
}
