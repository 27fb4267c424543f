using ModelEvents.Publishing;

namespace ModelEvents.Tests.Dispatching;

public class RefusalTests
{
    private const int WasRefused = 1104;
    private const int WasParked = 1105;
    private const int NoQueue = 1106;

    [Fact]
    public async Task A_poison_event_is_parked_with_its_error_after_the_last_attempt_and_no_other_is()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 3);
        host.Publisher.Outcome = item => item.Name == "poison" ? FakePublisher.Refused("frame too large") : new(0);
        host.Outbox.Commit("a", "poison", "a2");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        var parked = host.Outbox.Parked[0];
        Assert.Equal(("poison", 3, "frame too large"), (parked.Event.Name, parked.Attempts, parked.Error));
        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.Equal(3, host.Publisher.Calls.Count(call => call.Names.Contains("poison")));
    }

    [Fact]
    public async Task An_event_that_could_not_be_made_of_its_row_is_parked_and_never_published()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 3);
        host.Outbox.Commit(Events.Make("unreadable", "a", DateTimeOffset.UnixEpoch) with
        {
            Headers = new Dictionary<string, string> { [EventHeaders.Unreadable] = "no number" },
        });
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal("no number", Assert.Single(host.Outbox.Parked).Error);
        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.DoesNotContain(host.Publisher.Calls, call => call.Names.Contains("unreadable"));
    }

    [Fact]
    public async Task A_poison_that_takes_its_whole_call_down_is_told_from_the_innocent()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 3);
        host.Publisher.Outcome = _ => host.Publisher.Calls.Last().Names.Contains("poison")
            ? FakePublisher.Refused("channel closed")
            : new(0);
        foreach (var name in new[] { "a1", "b1", "poison", "c1", "d1" })
            host.Outbox.Commit(name, name);
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal("poison", Assert.Single(host.Outbox.Parked).Event.Name);
        Assert.Equal(["a1", "b1", "c1", "d1"], host.Publisher.ConfirmedNames.Order());
    }

    [Fact]
    public async Task A_retry_happens_when_the_rest_ends_and_not_at_the_next_poll()
    {
        await using var host = new DispatcherHost(options =>
        {
            options.Dispatcher.PollInterval = TimeSpan.FromMinutes(5);
            options.Dispatcher.RetryDelay = TimeSpan.FromSeconds(100);
            options.Dispatcher.MaxRetryDelay = TimeSpan.FromHours(1);
        });
        host.Publisher.Outcome = item => item.Name == "a1" ? FakePublisher.Refused("busy") : new(0);
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await host.RunUntilAsync(() => host.Outbox.AttemptsOf("a1") == attempt);
            var due = host.Outbox.DueAt("a1");
            var (doubled, called) = (100 * Math.Pow(2, attempt - 1), host.Publisher.Calls.Last().At);
            Assert.InRange((due - called).TotalSeconds, doubled / 2, doubled);

            await host.RunUntilAsync(() => host.Publisher.Calls.Count == attempt + 1);
            Assert.Equal(due, host.Publisher.Calls.Last().At);
        }
    }

    [Fact]
    public async Task A_service_without_its_exchange_waits_without_attempts_and_the_others_go_on()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.BatchSize = 2);
        var missing = true;
        host.Publisher.Outcome = item =>
            missing && item.Key != "c" ? new(PublishStatus.NoExchange, "no exchange") : new(0);
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        host.Outbox.Commit("c", "c1");
        await host.StartAsync();
        await host.RunForAsync(600);

        Assert.Equal(["c1"], host.Publisher.ConfirmedNames);
        Assert.Equal((0, 0), (host.Outbox.AttemptsOf("a1"), host.Outbox.AttemptsOf("b1")));
        Assert.InRange(host.Publisher.Calls.Count(call => call.Names.Contains("a1")), 10, 21);

        missing = false;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0, withinSeconds: 60);
        Assert.Equal(["a1", "a2"], host.Publisher.ConfirmedNames.Where(name => name[0] == 'a'));
    }

    [Fact]
    public async Task One_event_finds_out_for_all_of_its_service_whether_the_exchange_is_there_again()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = _ => new(PublishStatus.NoExchange, "no exchange");
        string[] names = [.. Enumerable.Range(0, 50).Select(number => $"e{number}")];
        Array.ForEach(names, name => host.Outbox.Commit(name, name));

        // As a table keeps what has rested: each of these is published alone.
        Array.ForEach(names, name => host.Outbox.SetAttempts(name, 1));
        await host.StartAsync();
        await host.RunForAsync(600);

        Assert.All(host.Publisher.Calls, call => Assert.Equal(["e0"], call.Names));
        Assert.InRange(host.Publisher.Calls.Count, 10, 21);
        Assert.Single(names.Select(host.Outbox.DueAt).Distinct());
    }

    [Fact]
    public async Task Only_the_first_event_of_a_key_is_kept_as_failed_while_the_exchange_is_missing()
    {
        await using var host = new DispatcherHost();
        host.Publisher.HoldsKeys = false;
        host.Publisher.Outcome = _ => new(PublishStatus.NoExchange, "no exchange");
        host.Outbox.Commit("a", "a1", "a2");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.DueAt("a1") > host.Now);

        Assert.Equal(default, host.Outbox.DueAt("a2"));
    }

    [Fact]
    public async Task A_missing_exchange_and_its_return_are_each_logged_once()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = _ => new(PublishStatus.NoExchange, "no exchange");
        host.Outbox.Commit("a", "a1");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        await host.RunForAsync(600);
        Assert.Contains("'shop' cannot be published: no exchange", Assert.Single(host.Log.Lines(1110)), StringComparison.Ordinal);

        host.Publisher.Outcome = _ => new(0);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Single(host.Log.Lines(1111));
        Assert.Single(host.Log.Lines(1110));
    }

    [Fact]
    public async Task A_refusal_is_logged_with_what_identifies_the_event_and_without_its_body()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 2);
        host.Publisher.Outcome = _ => FakePublisher.Refused("frame too large");
        host.Outbox.Commit("key-7", "order__created");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        string[] expected = ["order__created", "key-7", $"{host.Outbox.Parked[0].Event.Id}", "frame too large"];
        Assert.All(expected, part => Assert.Contains(part, Assert.Single(host.Log.Lines(WasRefused)), StringComparison.Ordinal));
        Assert.All(expected, part => Assert.Contains(part, Assert.Single(host.Log.Lines(WasParked)), StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.All, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parked_event_is_published_after_a_retry_was_asked_for_and_its_key_goes_on()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 1);
        host.Publisher.Outcome = item => item.Name == "a1" ? FakePublisher.Refused("no") : new(0);
        host.Outbox.Commit("a", "a1", "a2");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        host.Publisher.Outcome = _ => new(0);
        await host.Outbox.RetryParkedAsync(eventIds: null, handler: null, CancellationToken.None);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["a1", "a2"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task An_unroutable_event_counts_as_published_and_is_told_once_for_each_name()
    {
        await using var host = new DispatcherHost();
        host.Publisher.Outcome = _ => new(PublishStatus.Unroutable);
        host.Outbox.Commit("a", "order__created", "order__updated", "order__updated");
        host.Outbox.Commit("b", "order__created");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Empty(host.Outbox.Parked);
        Assert.Collection(
            host.Log.Lines(NoQueue),
            line => Assert.Contains("'order__created'", line, StringComparison.Ordinal),
            line => Assert.Contains("'order__updated'", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unroutable_event_is_parked_at_once_where_that_is_wanted()
    {
        await using var host = new DispatcherHost(options => options.Unroutable = UnroutableEvents.Park);
        host.Publisher.Outcome = item => new(item.Key == "a" ? PublishStatus.Unroutable : PublishStatus.Confirmed);
        host.Outbox.Commit("a", "order__created");
        host.Outbox.Commit("b", "order__created");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        var parked = Assert.Single(host.Outbox.Parked);
        Assert.Equal("a", parked.Event.Key);
        Assert.Contains("'order__created'", parked.Error, StringComparison.Ordinal);
    }
}
