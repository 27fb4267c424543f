using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>A pizzeria whose saves are received, on a database of its own.</summary>
public abstract class PizzeriaFixture : IAsyncLifetime
{
    private readonly List<ServiceProvider> _providers = [];

    public abstract bool IsRelational { get; }

    public virtual async ValueTask InitializeAsync()
    {
        await using var context = Create().NewContext();
        await context.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A service as a user would set it up, with what a test changes about it, and an empty outbox.</summary>
    internal async Task<TestPizzeria> CreateAsync(
        Action<IServiceCollection>? configure = null, IInterceptor[]? interceptors = null, bool retry = false)
    {
        var pizzeria = Create(configure, interceptors, retry);
        await pizzeria.TakeEventsAsync();
        return pizzeria;
    }

    private TestPizzeria Create(
        Action<IServiceCollection>? configure = null, IInterceptor[]? interceptors = null, bool retry = false)
    {
        var services = new ServiceCollection();
        UseOutbox(services.AddModelEvents(options =>
        {
            options.ServiceName = "pizzeria";
            options.Dispatcher.Enabled = false;
            options.Model<Dish>().Model<Bill>().Model<BillLine>().Model<Guest>();
        }).Capture<PizzeriaContext>());
        services.AddDbContext<PizzeriaContext>(options =>
            UseDatabase(options, retry).AddInterceptors(interceptors ?? []));
        configure?.Invoke(services);

        var provider = services.BuildServiceProvider(validateScopes: true);
        _providers.Add(provider);
        return new TestPizzeria(provider);
    }

    public abstract DbContextOptionsBuilder UseDatabase(DbContextOptionsBuilder options, bool retry = false);

    protected virtual void UseOutbox(CaptureBuilder<PizzeriaContext> capture)
    {
    }
}

public abstract class RelationalPizzeria : PizzeriaFixture
{
    private readonly TestDatabase _database = new();

    public override bool IsRelational => true;

    public override async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public override DbContextOptionsBuilder UseDatabase(DbContextOptionsBuilder options, bool retry = false) =>
        options.UseNpgsql(_database.ConnectionString, npgsql =>
        {
            if (retry)
                npgsql.ExecutionStrategy(d => new Capture.RetryOnce(d));
        }).AmongMany();
}

public sealed class PostgreSqlPizzeria : RelationalPizzeria
{
    protected override void UseOutbox(CaptureBuilder<PizzeriaContext> capture) => capture.UsePostgreSql();
}

/// <summary>With delivery from the log, whose slot is made when the first events are taken.</summary>
public sealed class WalPizzeria : RelationalPizzeria
{
    protected override void UseOutbox(CaptureBuilder<PizzeriaContext> capture) => capture.UsePostgreSqlWal();
}

/// <summary>With the portable outbox.</summary>
public sealed class TablePizzeria : RelationalPizzeria;

/// <summary>With events that wait in memory for the commit.</summary>
public sealed class DirectPizzeria : RelationalPizzeria
{
    protected override void UseOutbox(CaptureBuilder<PizzeriaContext> capture) =>
        capture.Services.Configure<ModelEventsOptions>(options => options.Delivery = DeliveryMode.Direct);
}

public sealed class InMemoryPizzeria : PizzeriaFixture
{
    private readonly string _name = $"{Guid.CreateVersion7()}";

    public override bool IsRelational => false;

    public override DbContextOptionsBuilder UseDatabase(DbContextOptionsBuilder options, bool retry = false) => options
        .UseInMemoryDatabase(_name).AmongMany()
        .ConfigureWarnings(warnings => warnings.Ignore(InMemoryEventId.TransactionIgnoredWarning));
}

/// <summary>One service: its contexts, its receivers and the events that it has committed.</summary>
internal sealed class TestPizzeria(IServiceProvider services)
{
    public IServiceProvider Services => services;

    public IModelReceivers Receivers => services.GetRequiredService<IModelReceivers>();

    public PizzeriaContext NewContext() => services.CreateScope().ServiceProvider.GetRequiredService<PizzeriaContext>();

    /// <summary>Takes every committed event out of the outbox, in order.</summary>
    public async Task<IReadOnlyList<ModelEvent>> TakeEventsAsync()
    {
        var outbox = services.GetRequiredService<IOutboxReader>();
        await using var session = await outbox.OpenAsync(TestContext.Current.CancellationToken);
        var claimed = await session.ClaimAsync(LaneSlice.All, 10_000, TestContext.Current.CancellationToken);
        ModelEvent[] events = [.. claimed.Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], TestContext.Current.CancellationToken);
        return events;
    }

    public async Task<IReadOnlyList<string>> TakeNamesAsync() => [.. (await TakeEventsAsync()).Select(e => e.Name)];
}
