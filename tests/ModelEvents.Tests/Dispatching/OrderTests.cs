using static ModelEvents.Tests.Dispatching.FakePublisher;

namespace ModelEvents.Tests.Dispatching;

public class OrderTests
{
    [Fact]
    public async Task Events_are_published_in_the_order_of_their_commit_and_leave_the_outbox()
    {
        await using var host = new DispatcherHost();
        await host.StartAsync();
        host.Outbox.Commit("1", "created", "updated", "deleted");

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["created", "updated", "deleted"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task A_refused_event_holds_back_its_own_key_and_no_other()
    {
        await using var host = new DispatcherHost();
        var refuse = true;
        host.Publisher.Outcome = item => refuse && item.Name == "a1" ? Refused("too large") : new(0);
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1", "b2");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 2);
        Assert.Equal(["b1", "b2"], host.Publisher.ConfirmedNames);

        refuse = false;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        Assert.Equal(["b1", "b2", "a1", "a2"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task An_event_that_failed_before_is_published_alone_and_in_its_place()
    {
        await using var host = new DispatcherHost();
        host.Outbox.Commit("a", "a1", "a2", "a3");
        host.Outbox.Commit("b", "b1");
        host.Outbox.SetAttempts("a2", 1);
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal([["a1"], ["a2"], ["a3", "b1"]], host.Publisher.Calls.Select(call => call.Names));
    }

    [Fact]
    public async Task Nothing_of_a_key_is_published_after_an_event_of_it_failed_again()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = item => item.Name == "a1" ? Refused("too large") : new(0);
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        host.Outbox.SetAttempts("a1", 1);
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.DoesNotContain(host.Publisher.Calls, call => call.Names.Contains("a2"));
    }

    [Fact]
    public async Task Workers_never_claim_the_same_lane_and_keep_the_order_of_every_key()
    {
        await using var host = new DispatcherHost(options =>
        {
            options.Dispatcher.Workers = 4;
            options.Dispatcher.BatchSize = 7;
        });
        foreach (var key in Enumerable.Range(0, 100).Select(number => $"{number}"))
            host.Outbox.Commit(key, $"{key}-1", $"{key}-2", $"{key}-3");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Empty(host.Outbox.Violations);
        Assert.Equal(300, host.Publisher.Confirmed.Count);
        Assert.All(
            host.Publisher.Confirmed.GroupBy(item => item.Key),
            events => Assert.Equal([$"{events.Key}-1", $"{events.Key}-2", $"{events.Key}-3"], events.Select(item => item.Name)));
    }
}
