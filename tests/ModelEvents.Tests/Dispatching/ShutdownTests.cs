namespace ModelEvents.Tests.Dispatching;

public class ShutdownTests
{
    private const int WorkerAndDrainTimeouts = 3;

    [Fact]
    public async Task A_shutdown_finishes_what_is_in_flight_and_claims_no_more()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.BatchSize = 1);
        var release = new TaskCompletionSource();
        host.Publisher.Before = (_, token) => release.Task.WaitAsync(token);
        host.Outbox.Commit("a", "a1", "a2");
        await host.StartAsync();
        await DispatcherHost.EventuallyAsync(() => host.Publisher.Calls.Count == 1);

        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(["a1"], host.Publisher.ConfirmedNames);
        Assert.Equal(["a2"], host.Outbox.Waiting);
        Assert.Equal(0, host.Outbox.OpenSessions);
    }

    [Fact]
    public async Task A_shutdown_gives_up_what_is_in_flight_after_the_drain_timeout()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Before = (_, token) => Task.Delay(Timeout.Infinite, token);
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await DispatcherHost.EventuallyAsync(() => host.Publisher.Calls.Count == 1);

        var (asked, stopping) = (host.Now, host.StopAsync());
        await host.RunUntilAsync(() => stopping.IsCompleted);

        Assert.Equal(20, (host.Now - asked).TotalSeconds);
        Assert.Equal(["a1"], host.Outbox.Waiting);
        Assert.Equal(0, host.Outbox.OpenSessions);
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_an_absent_broker()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunForAsync(60);

        await host.StopAsync();

        Assert.Equal(["a1"], host.Outbox.Waiting);
        Assert.Equal(0, host.Outbox.OpenSessions);
    }

    [Fact]
    public async Task A_shutdown_publishes_everything_that_would_not_outlive_the_process()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.BatchSize = 1, durable: false);
        var (release, refuse) = (new TaskCompletionSource(), true);
        host.Publisher.Before = (_, token) => release.Task.WaitAsync(token);
        host.Publisher.Outcome = item => refuse && item.Name == "a2" ? FakePublisher.Refused("busy") : new(0);
        host.Outbox.Commit("a", "a1", "a2", "a3");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        await DispatcherHost.EventuallyAsync(() => host.Publisher.Calls.Count == 1);

        var stopping = host.StopAsync();
        release.SetResult();
        await DispatcherHost.EventuallyAsync(() => host.Publisher.ConfirmedNames.Contains("b1"));
        refuse = false;
        host.Sleepers = WorkerAndDrainTimeouts;
        await host.RunUntilAsync(() => stopping.IsCompleted);

        Assert.Equal(["a1", "b1", "a2", "a3"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task A_shutdown_waits_for_a_broker_no_longer_than_the_drain_timeout()
    {
        await using var host = new DispatcherHost(durable: false);
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunForAsync(60);

        var (asked, stopping) = (host.Now, host.StopAsync());
        host.Sleepers = WorkerAndDrainTimeouts;
        await host.RunUntilAsync(() => stopping.IsCompleted);

        Assert.Equal(20, (host.Now - asked).TotalSeconds);
    }
}
