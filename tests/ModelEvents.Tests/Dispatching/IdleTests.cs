using ModelEvents.Publishing;

namespace ModelEvents.Tests.Dispatching;

public class IdleTests
{
    [Fact]
    public async Task An_idle_worker_looks_less_and_less_often_down_to_once_per_poll_interval()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.PollInterval = TimeSpan.FromSeconds(1));
        await host.StartAsync();

        await host.RunForAsync(5);

        var times = host.Outbox.TimesOf("ClaimAsync");
        var pauses = times.Zip(times.Skip(1), (before, after) => (after - before).TotalMilliseconds);
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000, 1000], pauses);
    }

    [Fact]
    public async Task A_commit_is_published_without_waiting_for_the_poll()
    {
        await using var host = new DispatcherHost();
        await host.StartAsync();
        await host.RunForAsync(100);

        var committed = host.Now;
        host.Outbox.Commit("a", "a1");
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(committed, host.Publisher.Calls.Single().At);
    }

    [Fact]
    public async Task Work_found_makes_a_worker_look_again_soon()
    {
        await using var host = new DispatcherHost();
        await host.StartAsync();
        await host.RunForAsync(100);
        host.Outbox.Commit("a", "a1");
        await host.RunForAsync(0.2);

        var after = host.Outbox.TimesOf("ClaimAsync").SkipWhile(at => at < host.Publisher.Calls.Single().At).ToArray();

        Assert.Equal([0, 50, 150], after.Select(at => (at - after[0]).TotalMilliseconds));
    }

    [Fact]
    public async Task A_full_batch_is_followed_by_the_next_at_once()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.BatchSize = 10);
        for (var key = 0; key < 35; key++)
            host.Outbox.Commit($"{key}", $"{key}");
        var started = host.Now;
        await host.StartAsync();

        await DispatcherHost.EventuallyAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal([10, 10, 10, 5], host.Publisher.Calls.Select(call => call.Names.Length));
        Assert.All(host.Publisher.Calls, call => Assert.Equal(started, call.At));
    }

    [Fact]
    public async Task A_full_batch_of_which_nothing_was_sent_makes_no_hot_loop()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.BatchSize = 1);
        host.Publisher.Outcome = _ => PublishOutcome.Held;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        await host.RunForAsync(600);

        Assert.InRange(host.Outbox.Count("ClaimAsync"), 100, (600 / 2.5) + 5);
    }
}
