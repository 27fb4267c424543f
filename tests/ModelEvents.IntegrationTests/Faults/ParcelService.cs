using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A service that saves parcels and leaves dispatching to worker processes.</summary>
internal sealed class ParcelService : IAsyncDisposable
{
    private const int Keys = 50;

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;
    private readonly List<Parcel> _parcels = [];

    private ParcelService(TestDatabase database, ServiceProvider services) =>
        (_database, _services) = (database, services);

    public string Name { get; } = $"parcels-{Guid.CreateVersion7():N}";

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Every step that was committed, as the bodies tell it.</summary>
    public List<(long Id, int Step)> Committed { get; } = [];

    public static async Task<ParcelService> StartAsync()
    {
        var database = await TestDatabase.CreateAsync();
        var services = new ServiceCollection();
        ParcelService? service = null;
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = service!.Name;
                options.Dispatcher.Enabled = false;
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>()
            .UsePostgreSql();
        services.AddDbContext<ParcelContext>(options => options.UseNpgsql(database.ConnectionString));
        service = new ParcelService(database, services.BuildServiceProvider());
        await using var scope = service._services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync();
        return service;
    }

    public WorkerProcess StartWorker() => WorkerProcess.Start(ConnectionString, Name);

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

    public Task<long> CountWaitingAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox");

    /// <summary>How many connections hold lanes, and the least and most that one holds.</summary>
    public async Task<string?> LanesPerSessionAsync() => await _database.ScalarAsync<string>(
        """
        SELECT coalesce(string_agg(lanes::text, ' ' ORDER BY lanes), '') FROM (
            SELECT count(*) AS lanes FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND datname = current_database()
            GROUP BY pid) AS sessions
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
