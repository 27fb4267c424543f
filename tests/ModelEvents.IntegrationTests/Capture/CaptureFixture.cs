using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>A captured store on a database of its own, whose committed events are read straight from its outbox.</summary>
public abstract class CaptureFixture : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly List<ServiceProvider> _providers = [];

    public string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var store = CreateStore();
        await using var context = store.NewContext();
        await context.Database.EnsureCreatedAsync();
        await PrepareAsync(store);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// A store as a user would set it up, with what a test changes about it: interceptors have their turn after those of
    /// ModelEvents, or <paramref name="before"/> them.
    /// </summary>
    internal CapturedStore CreateStore(
        Action<ModelEventsOptions>? configure = null,
        IInterceptor[]? interceptors = null,
        bool retry = false,
        Action<IServiceCollection>? register = null,
        IInterceptor[]? before = null)
    {
        var services = new ServiceCollection();
        services.ConfigureDbContext<StoreContext>(options => options.AddInterceptors(before ?? []));
        var capture = services.AddModelEvents(options =>
        {
            options.ServiceName = "store";
            options.Dispatcher.Enabled = false;
            List(options);
            Configure(options);
            configure?.Invoke(options);
        }).Capture<StoreContext>();
        UseOutbox(capture);
        if (register is not null)
            register(services);
        else
            services.AddDbContext<StoreContext>(options => Configure(options, interceptors, retry));

        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return StoreOf(provider);
    }

    public void Configure(DbContextOptionsBuilder options, IInterceptor[]? interceptors = null, bool retry = false)
    {
        options.UseNpgsql(ConnectionString, npgsql =>
        {
            if (retry)
                npgsql.ExecutionStrategy(d => new RetryOnce(d));
        }).AmongMany();
        options.AddInterceptors(interceptors ?? []);
    }

    /// <summary>What every list of this fixture has beyond the models.</summary>
    private protected virtual void Configure(ModelEventsOptions options)
    {
    }

    /// <summary>The store that a test is given.</summary>
    private protected virtual CapturedStore StoreOf(IServiceProvider services) => new(services);

    /// <summary>What a first start does beyond creating the tables.</summary>
    private protected virtual Task PrepareAsync(CapturedStore store) => Task.CompletedTask;

    protected abstract void UseOutbox(CaptureBuilder<StoreContext> capture);

    private static void List(ModelEventsOptions options) => options
        .Model<Order>(m => m.StatusField(o => o.Status).StatusEvents(StatusEvents.OnChange))
        .Model<OrderLine>(m => m.SerializeWith<OrderLineSerializer>())
        .Model<Customer>()
        .Model<Product>()
        .Model<Vehicle>()
        .Model<Truck>()
        .Model<Animal>()
        .Model<Shape>()
        .Model<Invoice>(m => m.Exclude(i => i.InternalNote))
        .Model<Setting>()
        .Model<Box>(m => m.StatusField(b => b.Status));
}

/// <summary>One store: its contexts and the events that it has committed.</summary>
internal class CapturedStore(IServiceProvider services)
{
    public IServiceProvider Services { get; } = services;

    public StoreContext NewContext() => Services.CreateScope().ServiceProvider.GetRequiredService<StoreContext>();

    /// <summary>Takes every committed event out of the outbox, in order.</summary>
    public virtual async Task<IReadOnlyList<ModelEvent>> TakeEventsAsync()
    {
        var outbox = Services.GetRequiredService<IOutboxReader>();
        await using var session = await outbox.OpenAsync(TestContext.Current.CancellationToken);
        var claimed = await session.ClaimAsync(LaneSlice.All, 10_000, TestContext.Current.CancellationToken);
        ModelEvent[] events = [.. claimed.Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], TestContext.Current.CancellationToken);
        return events;
    }

    public async Task<IReadOnlyList<string>> TakeNamesAsync() => [.. (await TakeEventsAsync()).Select(e => e.Name)];

    public static JsonNode Body(ModelEvent e) => JsonNode.Parse(e.Body.Span)!;
}
