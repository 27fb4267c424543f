using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;
using Npgsql;

namespace ModelEvents.Tests.Faults;

/// <summary>A service that saves parcels, leaves dispatching to worker processes, and has a queue for what they publish.</summary>
internal sealed class ParcelService : IAsyncDisposable
{
    /// <summary>Bytes of some hundred events on their way to the broker: a small part of 80 rounds.</summary>
    public const int BytesOfSome = 200_000;

    private const int Keys = 50;

    // A worker's process has two batches on their way at a time.
    private const int OnTheirWay = 2 * WorkerSettings.BatchSize;

    private readonly TestDatabase _database;
    private readonly DeliveryMode _delivery;
    private readonly WorkerPublisher _publisher;
    private readonly CaptureSource _capture;
    private readonly bool _isPortable;
    private readonly IHost _host;
    private readonly List<Parcel> _parcels = [];

    private ParcelService(
        TestDatabase database,
        DeliveryMode delivery,
        WorkerPublisher publisher,
        CaptureSource capture,
        bool isHandled,
        bool isPortable)
    {
        (_database, _delivery, _publisher, _capture, _isPortable) = (database, delivery, publisher, capture, isPortable);
        _host = BuildHost(isHandled);
    }

    public string Name { get; } = $"parcels-{Guid.CreateVersion7():N}";

    /// <summary>Every step that was committed, as the bodies tell it.</summary>
    public List<(long Id, int Step)> Committed { get; } = [];

    /// <summary>What was published.</summary>
    public RabbitQueue Queue { get; private set; } = null!;

    private IOutboxReader Outbox => _host.Services.GetRequiredService<IOutboxReader>();

    public static async Task<ParcelService> StartAsync(
        DeliveryMode delivery,
        WorkerPublisher publisher,
        CaptureSource capture = CaptureSource.Tracker,
        OtherPostgres? server = null,
        bool isHandled = false,
        bool isPortable = false)
    {
        var database = await TestDatabase.CreateAsync(server?.ConnectionString);
        var service = new ParcelService(database, delivery, publisher, capture, isHandled, isPortable);
        service.Queue = await RabbitQueue.BindAsync($"{service.Name}.events", survivesOutage: true);
        await using (var scope = service.Scope())
            await scope.Context.Database.EnsureCreatedAsync();

        await service._host.StartAsync();
        return service;
    }

    /// <summary>Starts a process that dispatches.</summary>
    public WorkerProcess StartWorker(
        Uri? broker = null, WorkerHandler handler = WorkerHandler.None, TimeSpan? pollInterval = null) =>
        _last = WorkerProcess.Start(
            _database.ConnectionString,
            broker ?? TestServices.RabbitMq,
            Name,
            _delivery,
            _publisher,
            _capture,
            handler,
            _isPortable,
            pollInterval ?? new DispatcherOptions().PollInterval);

    /// <summary>Changes every parcel once in each round: the first round creates them.</summary>
    public async Task SaveRoundsAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
            await SaveRoundAsync();
    }

    /// <summary>Saves no more on connections that the pool still has, as those of a server that was stopped.</summary>
    public void LeaveConnections() => NpgsqlConnection.ClearPool(new NpgsqlConnection(_database.ConnectionString));

    /// <summary>Saves rounds before, during and after a fault that takes the database away.</summary>
    public async Task SaveThroughAsync(Func<Task> fault)
    {
        var end = new TaskCompletionSource();
        var saving = SaveUntilAsync(end.Task);
        var before = Committed.Count;
        await Eventually.TrueAsync(() => Committed.Count > before, () => "nothing is saved");
        await fault();
        var after = Committed.Count;
        await Eventually.TrueAsync(() => Committed.Count > after, () => "nothing was saved since");
        end.SetResult();
        await saving;
    }

    /// <summary>Changes one of the parcels in a transaction that stays open; rounds leave it out until it is committed.</summary>
    public async Task<LateChange> BeginChangeAsync()
    {
        var parcel = _parcels[0];
        _parcels.Remove(parcel);
        var change = await LateChange.BeginAsync(Scope(), parcel);
        change.Committed += () =>
        {
            _parcels.Add(parcel);
            Committed.Add((parcel.Id, parcel.Step));
        };
        return change;
    }

    /// <summary>Makes sure that a fault came in the middle: some events arrived, and more are left than on their way.</summary>
    public async Task HalfDeliveredAsync(int ofEvents)
    {
        var arrived = new Delivered(await Queue.SoFarAsync()).Count;
        Assert.InRange(arrived, 1, ofEvents - OnTheirWay);
    }

    /// <summary>How many committed events have not left the outbox. In the log, only the process that reads it knows.</summary>
    public async Task<long> CountWaitingAsync() => (await Outbox.GetStatusAsync(default)).Waiting;

    /// <summary>Waits until the outbox is empty.</summary>
    public Task EmptyAsync() =>
        Eventually.TrueAsync(async () => await CountWaitingAsync() == 0, () => "events are left in the outbox");

    /// <summary>
    /// Waits until everything that was committed has arrived; each parcel's steps in the order of their commits. As long as
    /// more arrives within the deadline, the machine is only slow.
    /// </summary>
    public async Task DeliveredAsync(TimeSpan? timeout = null)
    {
        while (Queue.DistinctCount is var arrived && arrived < Committed.Count)
        {
            await Eventually.TrueAsync(
                () => Queue.DistinctCount > arrived,
                () => $"{Queue.DistinctCount} of {Committed.Count} arrived. The worker said last:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, _last?.LastLines ?? []),
                timeout);
        }

        new Delivered(Queue.Deliveries).ShouldBe(Committed);
    }

    private WorkerProcess? _last;

    /// <summary>Ends every connection to the database.</summary>
    public Task EndConnectionsAsync() => _database.ExecuteAsync(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """);

    public override string ToString() => $"{_delivery}, {_publisher}, {_capture}";

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
    }

    private IHost BuildHost(bool isHandled)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var events = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = Name;
                options.Dispatcher.Enabled = false;
                options.Delivery = _delivery;
                options.Capture = _capture;
                options.Wal.SetUp = _capture == CaptureSource.Log;
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>();
        if (!_isPortable)
            events.UsePostgreSqlWal();
        if (isHandled)
        {
            builder.Services.AddSingleton(new WorkerHandling(WorkerHandler.Works));
            events.AddEventHandler<ParcelHandler>();
        }

        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        return builder.Build();
    }

    private ParcelScope Scope() => new(_host.Services.CreateAsyncScope());

    private async Task SaveRoundAsync()
    {
        await using var scope = Scope();
        if (_parcels.Count == 0)
        {
            _parcels.AddRange(Enumerable.Range(0, Keys).Select(_ => new Parcel()));
            scope.Context.AddRange(_parcels);
        }
        else
        {
            scope.Context.AttachRange(_parcels);
            _parcels.ForEach(parcel => parcel.Step++);
        }

        await scope.Context.SaveChangesAsync();
        Committed.AddRange(_parcels.Select(parcel => (parcel.Id, parcel.Step)));
    }

    private async Task SaveUntilAsync(Task end)
    {
        while (!end.IsCompleted)
        {
            try
            {
                await SaveRoundAsync();
            }
            catch (Exception)
            {
                await FindOutAsync();
            }
        }
    }

    /// <summary>Asks the database, once it is back, whether the round that failed was committed nevertheless.</summary>
    private async Task FindOutAsync()
    {
        int? step = null;
        await Eventually.TrueAsync(
            async () => (step = await StoredStepAsync()) is not null, () => "the database is still away");

        if (step == _parcels[0].Step)
            Committed.AddRange(_parcels.Select(parcel => (parcel.Id, parcel.Step)));
        else
            _parcels.ForEach(parcel => parcel.Step--);
    }

    private async Task<int?> StoredStepAsync()
    {
        try
        {
            await using var scope = Scope();
            return (await scope.Context.Parcels.AsNoTracking().FirstAsync(parcel => parcel.Id == _parcels[0].Id)).Step;
        }
        catch (Exception)
        {
            return null;
        }
    }
}
