using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace ModelEvents.Tests.LogCapture;

/// <summary>A database whose saves are seen by the change tracker of one program and in the log by another.</summary>
internal sealed class TwoSources<TContext> : IAsyncDisposable
    where TContext : DbContext
{
    private readonly TestDatabase _database = new();
    private readonly ServiceProvider _tracker;
    private readonly ServiceProvider _log;

    private TwoSources(Action<ModelEventsOptions> list, Action<NpgsqlDbContextOptionsBuilder>? configure)
    {
        _tracker = Services(CaptureSource.Tracker, list, configure);
        _log = Services(CaptureSource.Log, list, configure);
    }

    /// <summary>What the program says it tells.</summary>
    public IModelEventCatalog Catalog => _tracker.GetRequiredService<IModelEventCatalog>();

    /// <summary>What the program that reads the log says it tells.</summary>
    public IModelEventCatalog LogCatalog => _log.GetRequiredService<IModelEventCatalog>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TwoSources<TContext>> CreateAsync(
        Action<ModelEventsOptions> list, Action<NpgsqlDbContextOptionsBuilder>? configure = null)
    {
        var sources = new TwoSources<TContext>(list, configure);
        await sources._database.InitializeAsync();
        await using var context = sources.NewContext();
        await context.Database.EnsureCreatedAsync(Cancellation);
        await sources._log.GetRequiredService<IModelEventLog>().SetUpAsync(Cancellation);
        return sources;
    }

    public TContext NewContext() => _tracker.CreateScope().ServiceProvider.GetRequiredService<TContext>();

    /// <summary>Compares what both tell of all that was saved, and returns it.</summary>
    public async Task<IReadOnlyList<string>> ToldAlikeAsync(Func<string, string>? part = null)
    {
        var (tracked, logged) = await ToldAsync();
        if (part is not null)
            (tracked, logged) = ([.. tracked.Select(part)], [.. logged.Select(part)]);
        var others = logged.Except(tracked).Concat(tracked.Except(logged)).ToList();
        Assert.True(others.Count == 0, string.Join('\n', others));
        Assert.Equal(tracked, logged);
        return logged;
    }

    /// <summary>What each tells.</summary>
    public async Task<(IReadOnlyList<string> Tracked, IReadOnlyList<string> Logged)> ToldAsync()
    {
        var tracked = (await TrackedAsync()).Select(TwoSources.Told).ToList();
        var logged = (await LogEnd.TakeEventsAsync(_log)).Select(TwoSources.Told).ToList();
        var parked = await _log.GetRequiredService<IOutboxReader>().ListParkedAsync(100, Cancellation);
        Assert.True(parked.Count == 0, string.Join('\n', parked.Select(one => $"{one.Event.Name}: {one.Error}")));
        return (tracked, logged);
    }

    public async ValueTask DisposeAsync()
    {
        await _tracker.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>To be asked first: both have the same table for what is set aside.</summary>
    private async Task<ModelEvent[]> TrackedAsync()
    {
        await using var session = await _tracker.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        ModelEvent[] events = [.. (await session.ClaimAsync(LaneSlice.All, 1000, Cancellation)).Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], Cancellation);
        return events;
    }

    private ServiceProvider Services(
        CaptureSource source, Action<ModelEventsOptions> list, Action<NpgsqlDbContextOptionsBuilder>? configure)
    {
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "types";
                options.Dispatcher.Enabled = false;
                options.Capture = source;
                if (source == CaptureSource.Tracker)
                    options.Delivery = DeliveryMode.Outbox;
                list(options);
            })
            .Capture<TContext>().UsePostgreSqlWal();
        services.AddDbContext<TContext>(
            options => options.UseNpgsql(_database.ConnectionString, configure).AmongMany());
        return services.BuildServiceProvider();
    }
}

/// <summary>What is compared of events.</summary>
internal static class TwoSources
{
    public static string Told(ModelEvent e) => string.Join(
        ' ',
        e.Name,
        e.Key,
        Encoding.UTF8.GetString(e.Body.Span),
        e.Headers.GetValueOrDefault(EventHeaders.Changed),
        e.Headers.GetValueOrDefault(EventHeaders.PreviousStatus),
        e.Headers.GetValueOrDefault(EventHeaders.Links)).TrimEnd();
}
