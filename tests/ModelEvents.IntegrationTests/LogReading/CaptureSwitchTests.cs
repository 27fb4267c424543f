using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;

namespace ModelEvents.Tests.LogReading;

/// <summary>
/// A running service goes from the change tracker to the log and back, by the steps of the README: nothing is lost, and
/// nothing comes twice.
/// </summary>
public sealed class CaptureSwitchTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly List<string> _saved = [];
    private RabbitQueue _queue = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
        await using var host = Host(CaptureSource.Tracker);
        await host.CreateTablesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task From_the_change_tracker_to_the_log_readers_go_first()
    {
        await using var oldSaver = Host(CaptureSource.Tracker, dispatches: false);
        await using var newSaver = Host(CaptureSource.Log, dispatches: false);
        await using (var oldReader = Host(CaptureSource.Tracker))
        {
            await oldReader.StartAsync();
            await SaveAsync(oldSaver);
            await newSaver.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
            await SaveAsync(oldSaver);
            await ArrivedAsync();
        }

        await SaveAsync(oldSaver);
        await using var newReader = Host(CaptureSource.Log);
        await newReader.StartAsync();
        await SaveAsync(oldSaver);
        await SaveAsync(newSaver);

        await ArrivedAsync();
        Assert.Empty(newReader.Log.Lines(3021));
    }

    [Fact]
    public async Task From_the_log_to_the_change_tracker_savers_go_first()
    {
        await using var oldSaver = Host(CaptureSource.Log, dispatches: false);
        await using var newSaver = Host(CaptureSource.Tracker, dispatches: false);
        await oldSaver.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await using (var oldReader = Host(CaptureSource.Log))
        {
            await oldReader.StartAsync();
            await SaveAsync(oldSaver);
            await SaveAsync(newSaver);
            await SaveAsync(oldSaver);
            await ArrivedAsync();
        }

        await SaveAsync(newSaver);
        await using var newReader = Host(CaptureSource.Tracker);
        await newReader.StartAsync();
        await newReader.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await SaveAsync(newSaver);

        await ArrivedAsync();
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM pg_publication_tables"));
    }

    private WalHost Host(CaptureSource capture, bool dispatches = true) => new(_database, options =>
    {
        options.Capture = capture;
        options.Dispatcher.Enabled = dispatches;
    });

    private async Task SaveAsync(WalHost host) => _saved.Add(await host.SaveAsync());

    /// <summary>Waits for the events of all parcels, one each.</summary>
    private async Task ArrivedAsync()
    {
        await _queue.WaitForAsync(_saved.Count);
        Assert.Equal(
            _saved.Order(), (await _queue.SoFarAsync()).Select(delivery => delivery.Header(EventHeaders.Key)!).Order());
    }
}
