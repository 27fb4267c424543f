using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace ModelEvents.Tests.Handlers;

/// <summary>An application with two handlers, on a database of its own, which may be started again and otherwise.</summary>
internal sealed class Warehouse : IAsyncDisposable
{
    private readonly HandlerEngine _engine;
    private readonly TestDatabase? _database;
    private readonly string _name = $"warehouse-{Guid.CreateVersion7():N}";
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private IHost? _host;

    private Warehouse(HandlerEngine engine, TestDatabase? database) => (_engine, _database) = (engine, database);

    /// <summary>Whether it is another process on the database of one that outlives it.</summary>
    private bool IsBeside { get; init; }

    public Script Packer { get; } = new();

    public Script Mailer { get; } = new();

    public RecordedLog Log { get; } = new();

    /// <summary>What the broker has got.</summary>
    public RabbitQueue? Queue { get; private set; }

    /// <summary>Which handlers the next start registers.</summary>
    public Action<ModelEventsBuilder> Register { get; set; } =
        builder => builder.AddEventHandler<Packer>().AddEventHandler<Mailer>();

    /// <summary>Whether the next start publishes to the broker, if there is one.</summary>
    public bool HasPublisher { get; set; } = true;

    public Action<ModelEventsOptions> Configure { get; set; } = _ => { };

    /// <summary>Whether saves are retried after transient faults, as EF Core's execution strategies do.</summary>
    public bool IsRetrying { get; set; }

    public IServiceProvider Services => _host!.Services;

    public IOutboxReader Outbox => Services.GetRequiredService<IOutboxReader>();

    public TestDatabase Database => _database!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Warehouse> CreateAsync(HandlerEngine engine, bool hasBroker = false)
    {
        var database = engine == HandlerEngine.Memory ? null : await TestDatabase.CreateAsync();
        var warehouse = new Warehouse(engine, database);
        if (hasBroker)
            warehouse.Queue = await RabbitQueue.BindAsync($"{warehouse._name}.events");
        return warehouse;
    }

    public static async Task<Warehouse> StartAsync(HandlerEngine engine, bool hasBroker = false)
    {
        var warehouse = await CreateAsync(engine, hasBroker);
        await warehouse.StartAsync();
        return warehouse;
    }

    /// <summary>Another process on the same database, not begun yet.</summary>
    public Warehouse Beside() => new(_engine, _database) { IsBeside = true };

    /// <summary>Begins a process; its database is there from the first on.</summary>
    public async Task StartAsync()
    {
        await BuildAsync();
        await _host!.StartAsync(Token);
    }

    /// <summary>A process that saves and dispatches nothing yet.</summary>
    public async Task BuildAsync()
    {
        _host = NewHost();
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<WarehouseContext>().Database.EnsureCreatedAsync(Token);
    }

    public async Task StopAsync()
    {
        if (_host is null)
            return;

        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        _host = null;
    }

    /// <summary>Changes the configuration while the process runs.</summary>
    public void Set(string key, string? value)
    {
        _configuration[$"ModelEvents:{key}"] = value;
        _configuration.Reload();
    }

    public async Task<Item> SaveAsync(Item item)
    {
        await using var scope = Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<WarehouseContext>();
        context.Update(item);
        await context.SaveChangesAsync(Token);
        return item;
    }

    /// <summary>Triggers an own event for each of the keys.</summary>
    public async Task MoveAsync(params string[] keys)
    {
        await using var scope = Services.CreateAsyncScope();
        var events = scope.ServiceProvider.GetRequiredService<IModelEvents>();
        foreach (var key in keys)
            await events.TriggerAsync(WarehouseEvents.Moved, key: key, cancellationToken: Token);
    }

    public Task<IReadOnlyList<ParkedEvent>> ParkedAsync() => Outbox.ListParkedAsync(100, Token);

    public async Task<HealthReportEntry> HealthAsync() =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["modelevents"];

    /// <summary>Waits until a condition holds, and else tells what was logged.</summary>
    public Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(condition, Describe);

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, Describe);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Queue is not null)
            await Queue.DisposeAsync();
        if (_database is not null && !IsBeside)
            await _database.DisposeAsync();
        (_configuration as IDisposable)?.Dispose();
    }

    private string Describe() =>
        $"packed {string.Join(", ", Packer.Keys)}; mailed {string.Join(", ", Mailer.Keys)}{Environment.NewLine}"
        + string.Join(Environment.NewLine, Log.All);

    private IHost NewHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(Log);
        var events = builder.Services.AddModelEvents(_configuration, options =>
        {
            options.ServiceName = _name;
            options.Broker.Uri = TestServices.RabbitMq.ToString();
            options.Dispatcher.RetryDelay = TimeSpan.FromMilliseconds(20);
            options.Dispatcher.MaxRetryDelay = TimeSpan.FromMilliseconds(40);
            options.Dispatcher.PollInterval = TimeSpan.FromSeconds(1);
            options.Dispatcher.DrainTimeout = TimeSpan.FromSeconds(1);
            options.Dispatcher.MaxAttempts = 3;
            options.Delivery = _engine == HandlerEngine.Wal ? DeliveryMode.Wal : DeliveryMode.Outbox;
            options.Model<Item>();
            Configure(options);
        });
        UseOutbox(events.Capture<WarehouseContext>());
        Register(events);
        if (Queue is not null && HasPublisher)
            events.PublishToRabbitMq();

        builder.Services.AddKeyedSingleton(nameof(Packer), Packer).AddKeyedSingleton(nameof(Mailer), Mailer);
        builder.Services.AddDbContext<WarehouseContext>(UseDatabase);
        builder.Services.AddHealthChecks().AddModelEvents();
        return builder.Build();
    }

    private void UseOutbox(CaptureBuilder<WarehouseContext> capture)
    {
        if (_engine is HandlerEngine.Packs or HandlerEngine.Wal)
            capture.UsePostgreSqlWal();
    }

    private void Retry(NpgsqlDbContextOptionsBuilder options)
    {
        if (IsRetrying)
            options.EnableRetryOnFailure();
    }

    private void UseDatabase(DbContextOptionsBuilder options)
    {
        if (_database is null)
            options.UseInMemoryDatabase(_name).AmongMany();
        else
            options.UseNpgsql(_database.ConnectionString, Retry).AmongMany();
    }
}
