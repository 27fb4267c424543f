using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Dispatching;

/// <summary>The dispatcher as a host runs it, on a manual clock, between a fake outbox and a fake broker.</summary>
internal sealed class DispatcherHost : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Lazy<ServiceProvider> _services;

    public DispatcherHost(
        Action<ModelEventsOptions>? configure = null, bool durable = true, Action<IServiceCollection>? register = null)
    {
        Outbox = new FakeOutbox(Clock) { IsDurable = durable };
        Publisher = new FakePublisher(Clock);
        _services = new Lazy<ServiceProvider>(() => Build(configure, register));
    }

    public ManualTimeProvider Clock { get; } = new();

    public FakeOutbox Outbox { get; }

    public FakePublisher Publisher { get; }

    public RecordedLog Log { get; } = new();

    /// <summary>How many timers are set while nobody works: one for each worker, unless a test knows better.</summary>
    public int Sleepers { get; set; }

    public IServiceProvider Services => _services.Value;

    public DateTimeOffset Now => Clock.GetUtcNow();

    private DispatcherService Dispatcher => Services.GetServices<IHostedService>().OfType<DispatcherService>().Single();

    public Task StartAsync() => Dispatcher.StartAsync(CancellationToken.None);

    public Task StopAsync() => Dispatcher.StopAsync(CancellationToken.None);

    /// <summary>Waits in real time, without moving the clock.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, "The condition was not met in time.");
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>Moves the clock from one timer to the next until the condition is met.</summary>
    public async Task RunUntilAsync(Func<bool> condition, double withinSeconds = 600)
    {
        var end = Now + TimeSpan.FromSeconds(withinSeconds);
        while (await IsAsleepUnlessAsync(condition))
        {
            Assert.True(Clock.AdvanceToNext(end), $"The condition was not met within {withinSeconds} s of the clock.");

            // Others than those that sleep may have to run before the clock moves on.
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>Moves the clock from one timer to the next for this long.</summary>
    public async Task RunForAsync(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (await IsAsleepUnlessAsync(() => false) && Clock.AdvanceToNext(end))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        Publisher.Before = (_, _) => Task.CompletedTask;
        var stopping = StopAsync();
        await EventuallyAsync(() => IsCompletedOrAdvances(stopping));
        await _services.Value.DisposeAsync();
        Assert.Empty(Outbox.Violations);
    }

    private bool IsCompletedOrAdvances(Task task)
    {
        if (!task.IsCompleted)
            Clock.AdvanceToNext(Now + TimeSpan.FromHours(1));
        return task.IsCompleted;
    }

    private async Task<bool> IsAsleepUnlessAsync(Func<bool> condition)
    {
        var met = false;
        await EventuallyAsync(() => (met = condition()) || Clock.Sleepers >= Sleepers);
        return !met;
    }

    private ServiceProvider Build(Action<ModelEventsOptions>? configure, Action<IServiceCollection>? register)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IOutboxReader>(Outbox);
        services.AddSingleton<IEventPublisher>(Publisher);
        services.Configure<ModelEventsOptions>(options =>
        {
            options.Dispatcher.Workers = 1;
            configure?.Invoke(options);
            Sleepers = options.Dispatcher.Enabled ? options.Dispatcher.Workers : 1;
        });
        register?.Invoke(services);
        return services.AddDispatcher().BuildServiceProvider();
    }
}
