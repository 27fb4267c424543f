using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A service that saves parcels and leaves dispatching to worker processes.</summary>
internal sealed class ParcelService : IAsyncDisposable
{
    private const int Keys = 50;

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;
    private readonly DeliveryMode _delivery;
    private readonly List<Parcel> _parcels = [];

    private ParcelService(TestDatabase database, ServiceProvider services, DeliveryMode delivery) =>
        (_database, _services, _delivery) = (database, services, delivery);

    public string Name { get; } = $"parcels-{Guid.CreateVersion7():N}";

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Every step that was committed, as the bodies tell it.</summary>
    public List<(long Id, int Step)> Committed { get; } = [];

    public static async Task<ParcelService> StartAsync(DeliveryMode delivery = DeliveryMode.Outbox)
    {
        var database = await TestDatabase.CreateAsync();
        var services = new ServiceCollection();
        ParcelService? service = null;
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = service!.Name;
                options.Dispatcher.Enabled = false;
                options.Delivery = delivery;
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>()
            .UsePostgreSqlWal();
        services.AddDbContext<ParcelContext>(options => options.UseNpgsql(database.ConnectionString));
        service = new ParcelService(database, services.BuildServiceProvider(), delivery);
        await using var scope = service._services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync();

        // Delivery from the log sets up its slot at a first start.
        await (await service._services.GetRequiredService<IOutboxReader>().OpenAsync(default)).DisposeAsync();
        return service;
    }

    public WorkerProcess StartWorker() => WorkerProcess.Start(ConnectionString, Name, _delivery);

    public Task<RabbitQueue> BindQueueAsync() => RabbitQueue.BindAsync($"{Name}.events", survivesOutage: true);

    /// <summary>Changes every parcel once in each round: the first round creates them.</summary>
    public async Task SaveRoundsAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var scope = _services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            if (_parcels.Count == 0)
                Create(context);
            else
                Change(context);

            await context.SaveChangesAsync();
            Committed.AddRange(_parcels.Select(parcel => (parcel.Id, parcel.Step)));
        }
    }

    public Task<long> CountWaitingAsync() => _database.ScalarAsync<long>("SELECT count(*) + (SELECT count(*) FROM model_events_outbox_packs) FROM model_events_outbox");

    /// <summary>The server's process that reads the log, or 0.</summary>
    public Task<int> LogReaderAsync() => _database.ScalarAsync<int>(
        "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE database = current_database()");

    public Task EndConnectionAsync(int process) => _database.ExecuteAsync($"SELECT pg_terminate_backend({process})");

    /// <summary>The server's process that the leader is connected to, or 0.</summary>
    public Task<int> LeaderAsync() => _database.ScalarAsync<int>(
        """
        SELECT coalesce(max(pid), 0) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND datname = current_database()
        """);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    private void Create(ParcelContext context)
    {
        _parcels.AddRange(Enumerable.Range(0, Keys).Select(_ => new Parcel()));
        context.AddRange(_parcels);
    }

    private void Change(ParcelContext context)
    {
        context.AttachRange(_parcels);
        _parcels.ForEach(parcel => parcel.Step++);
    }
}
