using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>What one process has: its services and its outbox on a shared database.</summary>
internal sealed class OutboxProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public OutboxProcess(string connectionString, Action<IServiceCollection> addOutbox, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOptions<ModelEventsOptions>()
            .Configure(options => options.Dispatcher.PollInterval = TimeSpan.FromMinutes(5));
        services.AddSingleton(time);
        services.AddDispatcher();
        services.AddSingleton(LookTimes.Default);
        services.AddKeyedSingleton(
            typeof(ParcelContext),
            (provider, context) => ActivatorUtilities.CreateInstance<SavedDatabases>(provider, context!));
        services.AddDbContext<ParcelContext>(options => options.UseNpgsql(connectionString).AmongMany());
        services.ConfigureDbContext<ParcelContext>(
            (provider, options) => ((IDbContextOptionsBuilderInfrastructure)options)
                .AddOrUpdateExtension(OutboxModel.Asked(provider, typeof(ParcelContext))!));
        addOutbox(services);
        _services = services.BuildServiceProvider();
        Outbox = _services.GetRequiredKeyedService<IOutbox>(typeof(ParcelContext));
    }

    public IOutbox Outbox { get; }

    public AsyncServiceScope Scope() => _services.CreateAsyncScope();

    /// <summary>Runs <paramref name="work"/> with a context in a transaction, and commits.</summary>
    public async Task CommitAsync(Func<ParcelContext, Task> work)
    {
        await using var scope = Scope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        await using var transaction = await context.Database.BeginTransactionAsync();
        await work(context);
        await transaction.CommitAsync();
    }

    /// <summary>Commits events and wakes the outbox.</summary>
    public async Task CommitAsync(params ModelEvent[] events)
    {
        await CommitAsync(context => Outbox.AppendAsync(context, events, CancellationToken.None));
        Outbox.Wake();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
