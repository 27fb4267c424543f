namespace ModelEvents.Tests.Dispatching;

public class BrokerAwayTests
{
    private const int WentAway = 1102;
    private const int CameBack = 1103;

    [Fact]
    public async Task Nothing_is_lost_and_no_attempt_is_counted_while_the_broker_is_away()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();

        await host.RunForAsync(3600);
        Assert.Equal(["a1", "a2", "b1"], host.Outbox.Waiting);
        Assert.All(["a1", "a2", "b1"], name => Assert.Equal(0, host.Outbox.AttemptsOf(name)));

        host.Publisher.Outcome = _ => new(0);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        Assert.Equal(["a1", "a2", "b1"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task An_absent_broker_is_asked_with_a_single_event_now_and_then()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 2);
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        CommitToManyLanes(host);
        await host.StartAsync();

        await host.RunForAsync(600);

        // Each of the two workers rests for at least half of the 5 s of MaxOutageDelay, after a few shorter rests.
        Assert.InRange(host.Outbox.Count("ClaimAsync"), 50, 2 * ((600 / 2.5) + 5));
        Assert.True(host.Publisher.Calls.Count <= host.Outbox.Count("ClaimAsync"));
        Assert.All(host.Publisher.Calls.Skip(2), call => Assert.Single(call.Names));
    }

    [Fact]
    public async Task The_return_of_the_broker_is_noticed_within_the_longest_outage_delay()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 2);
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        CommitToManyLanes(host);
        await host.StartAsync();
        await host.RunForAsync(600);

        host.Publisher.Outcome = _ => new(0);
        await host.RunUntilAsync(() => !host.Publisher.Confirmed.IsEmpty, withinSeconds: 5);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0, withinSeconds: 10);

        Assert.Equal(100, host.Publisher.Confirmed.Count);
    }

    [Fact]
    public async Task The_going_and_the_return_of_the_broker_are_each_logged_once()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 2);
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        CommitToManyLanes(host);
        await host.StartAsync();
        await host.RunForAsync(600);
        Assert.Contains("connection refused", Assert.Single(host.Log.Lines(WentAway)), StringComparison.Ordinal);
        Assert.Empty(host.Log.Lines(CameBack));

        host.Publisher.Outcome = _ => new(0);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Single(host.Log.Lines(WentAway));
        Assert.Single(host.Log.Lines(CameBack));
    }

    [Fact]
    public async Task What_was_confirmed_before_the_broker_went_away_is_not_published_again()
    {
        await using var host = new DispatcherHost();
        var away = true;
        host.Publisher.Outcome = item => away && item.Name == "b1" ? FakePublisher.Unavailable : new(0);
        host.Outbox.Commit("a", "a1");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        await host.RunForAsync(60);
        Assert.Equal(["b1"], host.Outbox.Waiting);

        away = false;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["a1", "b1"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task A_publisher_that_throws_is_treated_like_an_absent_broker()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Before = (_, _) => throw new NotSupportedException("no such thing");
        host.Outbox.Commit("a", "a1", "a2");
        await host.StartAsync();

        await host.RunForAsync(600);
        Assert.Equal(["a1", "a2"], host.Outbox.Waiting);
        Assert.Equal(0, host.Outbox.AttemptsOf("a1"));
        Assert.InRange(host.Outbox.Count("ClaimAsync"), 100, (600 / 2.5) + 5);
        Assert.Contains("no such thing", Assert.Single(host.Log.Lines(WentAway)), StringComparison.Ordinal);

        host.Publisher.Before = (_, _) => Task.CompletedTask;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        Assert.Equal(["a1", "a2"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task A_time_out_inside_the_publisher_is_no_shutdown()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Before = (_, _) => throw new TaskCanceledException("timed out");
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunForAsync(60);

        host.Publisher.Before = (_, _) => Task.CompletedTask;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["a1"], host.Publisher.ConfirmedNames);
    }

    private static void CommitToManyLanes(DispatcherHost host)
    {
        for (var key = 0; key < 100; key++)
            host.Outbox.Commit($"{key}", $"{key}");
    }
}
