using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Rules;

/// <summary>Desks on one database, whose rules and events every test begins without.</summary>
public abstract class DeskFixture : IAsyncLifetime
{
    private readonly List<ServiceProvider> _providers = [];

    internal RecordedLog Log { get; } = new();

    public virtual async ValueTask InitializeAsync()
    {
        var desk = NewProcess();
        await desk.Context.Database.EnsureCreatedAsync();
        await PrepareAsync(desk);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        Log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A desk with no rules yet.</summary>
    internal async Task<Desk> CreateAsync(
        IInterceptor[]? interceptors = null, bool retry = false, Action<IServiceCollection>? register = null)
    {
        await ClearAsync();
        var desk = NewProcess(interceptors, retry, register);
        await desk.TakeEventsAsync();
        return desk;
    }

    /// <summary>Another process on the same database. Interceptors have their turn after those of ModelEvents.</summary>
    internal Desk NewProcess(
        IInterceptor[]? interceptors = null, bool retry = false, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log));
        UseOutbox(services.AddModelEvents(options =>
        {
            options.ServiceName = "desk";
            options.Dispatcher.Enabled = false;
            options.Model<Ticket>();
            options.Model<Visit>();
        }).Capture<DeskContext>());
        services.AddDbContext<DeskContext>(options =>
        {
            UseProvider(options, retry);
            options.AddInterceptors(interceptors ?? []);
        });
        register?.Invoke(services);
        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return new Desk(provider);
    }

    private protected virtual Task PrepareAsync(Desk desk) => Task.CompletedTask;

    protected abstract Task ClearAsync();

    protected abstract void UseProvider(DbContextOptionsBuilder options, bool retry);

    protected abstract void UseOutbox(CaptureBuilder<DeskContext> capture);
}

public abstract class RelationalDeskFixture : DeskFixture
{
    internal TestDatabase Database { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override Task ClearAsync() => Database.ExecuteAsync("TRUNCATE trigger_events, trigger_rules, \"Tickets\", \"Visit\"");

    protected override void UseProvider(DbContextOptionsBuilder options, bool retry) =>
        options.UseNpgsql(Database.ConnectionString, npgsql =>
        {
            if (retry)
                npgsql.ExecutionStrategy(dependencies => new RetryOnce(dependencies));
        }).AmongMany();
}

public sealed class PostgreSqlDesks : RelationalDeskFixture
{
    protected override void UseOutbox(CaptureBuilder<DeskContext> capture) => capture.UsePostgreSql();
}

public sealed class TableDesks : RelationalDeskFixture
{
    protected override void UseOutbox(CaptureBuilder<DeskContext> capture)
    {
    }
}

public sealed class WalDesks : RelationalDeskFixture
{
    protected override void UseOutbox(CaptureBuilder<DeskContext> capture) => capture.UsePostgreSqlWal();

    private protected override Task PrepareAsync(Desk desk) => desk.TakeEventsAsync();
}

public sealed class DirectDesks : RelationalDeskFixture
{
    protected override void UseOutbox(CaptureBuilder<DeskContext> capture) =>
        capture.Services.Configure<ModelEventsOptions>(options => options.Delivery = DeliveryMode.Direct);
}

public sealed class MemoryDesks : DeskFixture
{
    private readonly InMemoryDatabaseRoot _database = new();

    protected override Task ClearAsync() => NewProcess().Context.Database.EnsureDeletedAsync();

    protected override void UseProvider(DbContextOptionsBuilder options, bool retry) =>
        options.UseInMemoryDatabase("desks", _database).AmongMany();

    protected override void UseOutbox(CaptureBuilder<DeskContext> capture)
    {
    }
}
