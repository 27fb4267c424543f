using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Wal;

/// <summary>An application whose events are delivered from the log.</summary>
internal sealed class WalHost : IAsyncDisposable
{
    private readonly IHost _host;

    public WalHost(
        TestDatabase database,
        Action<ModelEventsOptions>? configure = null,
        string? login = null,
        Action<IServiceCollection>? addServices = null,
        Func<CaptureBuilder<ParcelContext>, ModelEventsBuilder>? useOutbox = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(Log);
        var capture = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = database.Name;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Dispatcher.RetryDelay = TimeSpan.FromMilliseconds(100);
                options.Dispatcher.MaxOutageDelay = TimeSpan.FromMilliseconds(500);
                options.Model<Parcel>();
                configure?.Invoke(options);
            })
            .Capture<ParcelContext>();
        (useOutbox?.Invoke(capture) ?? capture.UsePostgreSqlWal()).PublishToRabbitMq();
        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(login ?? database.ConnectionString).AmongMany());
        builder.Services.AddHealthChecks().AddModelEvents();
        addServices?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public RecordedLog Log { get; } = new();

    public IServiceProvider Services => _host.Services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WalHost> StartAsync(
        TestDatabase database, Action<ModelEventsOptions>? configure = null, string? login = null)
    {
        var host = new WalHost(database, configure, login);
        await host.CreateTablesAsync();
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync() => await _host.StartAsync(Token);

    public async Task CreateTablesAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Token);
    }

    /// <summary>Saves a parcel, whose event tells its id.</summary>
    public async Task<string> SaveAsync(string? content = null)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        var parcel = new Parcel { Content = content };
        context.Add(parcel);
        await context.SaveChangesAsync(Token);
        return $"{parcel.Id}";
    }

    /// <summary>Saves a parcel without waiting for anything asynchronously.</summary>
    public void Save()
    {
        using var scope = _host.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        context.Add(new Parcel());
        context.SaveChanges();
    }

    /// <summary>Waits until it has logged something with that event id that has <paramref name="text"/> in it.</summary>
    public Task LoggedAsync(int eventId, string text, int times = 1) => Eventually.TrueAsync(
        () => Log.Lines(eventId).Count(line => line.Contains(text, StringComparison.Ordinal)) >= times,
        () => string.Join(Environment.NewLine, Log.All));

    public async Task RefusesSavesAsync(string because)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync());
        Assert.Contains(because, refusal.GetBaseException().Message, StringComparison.Ordinal);
    }

    public async Task IsUnhealthyAsync(string because)
    {
        var health = await CheckHealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains(because, health.Description, StringComparison.Ordinal);
    }

    public Task<OutboxStatus> StatusAsync() => _host.Services.GetRequiredService<IOutboxReader>().GetStatusAsync(Token);

    public async Task<HealthReportEntry> CheckHealthAsync()
    {
        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return report.Entries["modelevents"];
    }

    /// <summary>Waits for a value of a gauge, which is measured in the background.</summary>
    public async Task<long> MeasureAsync(string gauge)
    {
        var meter = _host.Services.GetRequiredService<DispatcherMetrics>().Meter;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter && instrument.Name == gauge)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        long? measured = null;
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => measured = value);
        listener.Start();
        await Eventually.TrueAsync(
            () =>
            {
                listener.RecordObservableInstruments();
                return measured is not null;
            },
            () => $"'{gauge}' has no value");
        return measured!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
