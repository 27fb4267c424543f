using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Dispatching;

/// <summary>Events of an exchange that was deleted, on their way to queues that are to be bound again.</summary>
public sealed class HeldEventsTests
{
    private const int NoQueue = 1106;
    private const int ExchangeLost = 1115;
    private const int ExchangeBound = 1116;
    private const int HeldBack = 1117;
    private const int WorkerAndWatch = 2;

    private readonly HashSet<string> _bound = ["b1"];

    [Fact]
    public async Task What_no_queue_receives_is_parked_and_goes_by_itself_and_in_order_once_one_is_bound()
    {
        await using var host = NewHost();
        Lose(host);
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        host.Outbox.Commit("c", "a1");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 2 && host.Outbox.Waiting.Length == 1);
        await host.RunForAsync(60);
        Assert.Equal(["b1"], host.Publisher.ConfirmedNames.Distinct());
        Assert.Contains("'shop.events' was deleted", Assert.Single(Conditions(host)).Text, StringComparison.Ordinal);

        _bound.UnionWith(["a1", "a2"]);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length + host.Outbox.Parked.Length == 0);

        Assert.Equal(["a1", "a2"], host.Publisher.Confirmed.Where(item => item.Key == "a").Select(item => item.Name));
        Assert.Single(host.Log.Lines(ExchangeLost));
        Assert.Single(host.Log.Lines(HeldBack));
        await host.RunUntilAsync(() => Conditions(host).Count == 0);
    }

    [Fact]
    public async Task While_no_queue_is_bound_one_event_of_each_name_is_tried_at_a_time()
    {
        await using var host = NewHost();
        Lose(host);
        foreach (var key in Enumerable.Range(0, 100))
            host.Outbox.Commit($"{key}", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 100);
        var before = host.Publisher.Calls.Sum(call => call.Names.Length);
        host.Sleepers = WorkerAndWatch;

        await host.RunForAsync(60);

        Assert.InRange(host.Publisher.Calls.Sum(call => call.Names.Length) - before, 10, 15);
        Assert.Equal(100, host.Outbox.Parked.Length + host.Outbox.Waiting.Length);
    }

    [Fact]
    public async Task What_another_process_has_held_is_held_on_and_not_counted()
    {
        await using var first = NewHost();
        Lose(first);
        first.Outbox.Commit("a", "a1");
        await first.StartAsync();
        await first.RunUntilAsync(() => first.Outbox.Parked.Length == 1);

        await using var second = NewHost();
        second.Outbox.Commit("a", "a1");
        second.Outbox.Park("a1", first.Outbox.Parked[0].Error);
        await second.StartAsync();
        await second.RunForAsync(20);
        second.Outbox.Commit("c", "a1");
        await second.RunForAsync(20);

        Assert.Empty(second.Publisher.ConfirmedNames);
        Assert.Single(Conditions(second));
    }

    [Fact]
    public async Task What_another_process_has_held_is_held_on_by_one_that_stood_by_and_takes_over()
    {
        await using var standby = NewHost();
        await standby.StartAsync();
        await standby.RunForAsync(20);
        Assert.Empty(Conditions(standby));

        standby.Outbox.Commit("a", "a1");
        standby.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        await standby.Outbox.TakingOver!(TestContext.Current.CancellationToken);
        standby.Outbox.Commit("c", "a1");
        await standby.RunForAsync(20);
        Assert.Empty(standby.Publisher.ConfirmedNames);
        Assert.Contains("'shop.events' was deleted", Assert.Single(Conditions(standby)).Text, StringComparison.Ordinal);

        _bound.Add("a1");
        await standby.RunUntilAsync(() => standby.Outbox.Waiting.Length + standby.Outbox.Parked.Length == 0);
        await standby.RunUntilAsync(() => Conditions(standby).Count == 0);
    }

    [Fact]
    public async Task A_name_that_no_queue_received_before_counts_as_before()
    {
        await using var host = NewHost();
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Lose(host);
        host.Outbox.Commit("a", "a1", "a2");
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        Assert.Equal("a2", host.Outbox.Parked[0].Event.Name);
    }

    [Fact]
    public async Task A_name_that_was_received_in_between_is_told_again_when_no_queue_receives_it()
    {
        await using var host = NewHost();
        await host.StartAsync();
        foreach (var isBound in new[] { false, false, true, false })
        {
            _ = isBound ? _bound.Add("a1") : _bound.Remove("a1");
            host.Outbox.Commit("a", "a1");
            await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        }

        Assert.Equal(2, host.Log.Lines(NoQueue).Length);
    }

    [Fact]
    public async Task What_another_process_has_held_holds_any_name_that_no_queue_receives()
    {
        await using var host = NewHost();
        host.Outbox.Commit("a", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        await host.StartAsync();
        host.Outbox.Commit("c", "c1");

        await host.RunUntilAsync(() => host.Outbox.Parked.Any(one => one.Event.Name == "c1"));

        Assert.Empty(host.Publisher.ConfirmedNames);
        Assert.Empty(host.Log.Lines(NoQueue));
    }

    [Fact]
    public async Task What_another_process_holds_meanwhile_is_found_before_a_name_counts_as_published()
    {
        await using var host = NewHost();
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        host.Outbox.Commit("a", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        host.Outbox.Commit("c", "c1", "b1");
        await host.RunUntilAsync(() => host.Outbox.Parked.Any(one => one.Event.Name == "c1"));

        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.Empty(host.Log.Lines(NoQueue));
        Assert.Single(Conditions(host));

        _bound.UnionWith(["a1", "c1"]);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length + host.Outbox.Parked.Length == 0);
        Assert.Equal(
            ["c1", "b1"], host.Publisher.Confirmed.Where(item => item.Key == "c").Select(item => item.Name));
    }

    [Fact]
    public async Task A_name_of_which_another_process_holds_events_counts_no_more_where_it_did()
    {
        await using var host = NewHost();
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        host.Outbox.Commit("b", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        await host.Outbox.TakingOver!(TestContext.Current.CancellationToken);
        host.Outbox.Commit("c", "a1");
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 2);

        Assert.Single(host.Log.Lines(NoQueue));
    }

    [Fact]
    public async Task Where_nothing_is_held_a_name_without_a_queue_counts_at_once_and_the_next_event_of_its_key_goes()
    {
        await using var host = NewHost();
        await host.StartAsync();
        host.Outbox.Commit("a", "a1", "a2", "b1");

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["a1", "a2", "b1"], host.Publisher.Calls.SelectMany(call => call.Names).Distinct());
        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.Equal(2, host.Log.Lines(NoQueue).Length);
        Assert.Empty(host.Outbox.Parked);
    }

    [Fact]
    public async Task While_it_is_not_known_what_others_hold_no_name_without_a_queue_counts()
    {
        await using var host = NewHost();
        await host.StartAsync();
        await host.RunForAsync(1);
        host.Outbox.Fault = member => member == nameof(IOutboxReader.ListParkedAsync) ? new IOException("away") : null;
        host.Outbox.Commit("a", "a1", "b1");
        await host.RunUntilAsync(() => host.Publisher.Calls.Count > 2);
        Assert.Empty(host.Publisher.ConfirmedNames);
        Assert.Empty(host.Log.Lines(NoQueue));

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        Assert.Equal(["b1"], host.Publisher.ConfirmedNames);
        Assert.Single(host.Log.Lines(NoQueue));
    }

    [Fact]
    public async Task Once_a_loss_is_over_a_name_without_a_queue_counts_as_before()
    {
        await using var host = NewHost();
        Lose(host);
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);
        _bound.Add("a1");
        await host.RunUntilAsync(() => Conditions(host).Count == 0);

        await host.RunForAsync(301);
        host.Outbox.Commit("c", "c1");
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Empty(host.Outbox.Parked);
        Assert.Empty(Conditions(host));
    }

    [Fact]
    public async Task A_queue_that_is_bound_minutes_after_another_one_misses_nothing()
    {
        await using var host = NewHost();
        Lose(host);
        _bound.Add("a1");
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0 && Conditions(host).Count == 0);

        await host.RunForAsync(240);
        host.Outbox.Commit("c", "c1");
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);
        Assert.Single(Conditions(host));

        _bound.Add("c1");
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length + host.Outbox.Parked.Length == 0);
        Assert.Equal(["a1", "c1"], host.Publisher.ConfirmedNames);
        await host.RunUntilAsync(() => Conditions(host).Count == 0);
    }

    [Fact]
    public async Task A_look_before_a_held_event_is_parked_does_not_end_the_loss()
    {
        await using var host = NewHost();
        Lose(host);
        var exchanges = host.Services.GetRequiredService<ExchangeWatch>();
        exchanges.Hold("ShopContext", Events.Make("b1", "b", host.Now));
        exchanges.Heard(Events.Make("a1", "a", host.Now));

        exchanges.NoteHeld("ShopContext", []);

        Assert.True(exchanges.Holds("ShopContext"));
        Assert.Single(Conditions(host));
        Assert.Empty(host.Log.Lines(ExchangeBound));
    }

    [Fact]
    public async Task What_is_held_and_was_overlooked_goes_once_the_next_of_its_name_is_received()
    {
        await using var host = NewHost();
        using var over = new CancellationTokenSource();
        Lose(host);
        var exchanges = host.Services.GetRequiredService<ExchangeWatch>();
        var watching = new HeldEvents(host.Outbox, exchanges, host.Services.GetRequiredService<DispatchContext>())
            .WatchAsync(over.Token);
        host.Outbox.Commit("a", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));

        exchanges.Heard(Events.Make("a1", "b", host.Now));
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Parked.Length == 0);

        await over.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task Nothing_is_published_before_it_is_known_what_another_process_has_held()
    {
        await using var host = NewHost();
        host.Outbox.Fault = member => member == nameof(IOutboxReader.ListParkedAsync) ? new IOException("away") : null;
        host.Outbox.Commit("a", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        host.Outbox.Commit("c", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Count(nameof(IOutboxReader.OpenAsync)) > 2);
        Assert.Empty(host.Publisher.Calls);

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 2);

        Assert.Empty(host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task Nothing_is_taken_over_before_it_is_known_what_another_process_has_held()
    {
        await using var host = NewHost();
        await host.StartAsync();
        await host.RunForAsync(20);
        host.Outbox.Fault = member => member == nameof(IOutboxReader.ListParkedAsync) ? new IOException("away") : null;

        await Assert.ThrowsAsync<IOException>(() => host.Outbox.TakingOver!(TestContext.Current.CancellationToken));

        host.Outbox.Fault = _ => null;
    }

    [Fact]
    public async Task A_loss_that_was_only_read_ends_when_nothing_is_held_any_more_and_its_names_are_held_on()
    {
        await using var host = NewHost();
        var exchanges = host.Services.GetRequiredService<ExchangeWatch>();
        exchanges.NoteHeld("ShopContext", [new HeldEvent(Guid.CreateVersion7(), "shop", "a1")]);
        exchanges.NoteHeld("ShopContext", []);
        Assert.Single(Conditions(host));
        Assert.True(exchanges.Holds("ShopContext"));

        exchanges.NoteHeld("ShopContext", []);

        Assert.Empty(Conditions(host));
        Assert.False(exchanges.Holds("ShopContext"));
        Assert.Equal(PublishStatus.Unbound, exchanges.Returned("shop", "a1").Status);
        Assert.Equal(PublishStatus.Unbound, exchanges.Returned("shop", "c1").Status);

        host.Clock.AdvanceToNext(host.Now + TimeSpan.FromMinutes(5));
        Assert.Equal(PublishStatus.Unbound, exchanges.Returned("shop", "a1").Status);
        Assert.Equal(PublishStatus.Unroutable, exchanges.Returned("shop", "c1").Status);
        Assert.Same(exchanges.Returned("shop", "c1").Error, exchanges.Returned("shop", "c1").Error);
    }

    [Fact]
    public async Task What_is_held_behind_many_that_are_parked_for_other_reasons_does_not_come_and_go()
    {
        await using var host = NewHost();
        foreach (var key in Enumerable.Range(0, 1000))
        {
            host.Outbox.Commit($"{key}", $"r{key}");
            host.Outbox.Park($"r{key}", "The broker said no.");
        }

        host.Outbox.Commit("a", "a1");
        host.Outbox.Park("a1", HeldText.Of("shop", "a1"));
        host.Publisher.Outcome = item => new(PublishStatus.Unbound, HeldText.Of(item.Service, item.Name));
        await host.StartAsync();
        await host.RunUntilAsync(() => Conditions(host).Count == 1);
        host.Sleepers = WorkerAndWatch;

        await host.RunForAsync(60);

        Assert.Single(Conditions(host));
        Assert.Empty(host.Log.Lines(ExchangeBound));
    }

    [Fact]
    public async Task What_a_driver_throws_when_it_is_interrupted_does_not_come_out()
    {
        await using var host = NewHost();
        using var over = new CancellationTokenSource();
        var exchanges = host.Services.GetRequiredService<ExchangeWatch>();
        var item = Events.Make("a1", "a", host.Now);
        exchanges.Hold("ShopContext", item);
        host.Outbox.Fault = _ =>
        {
            over.Cancel();
            return new IOException("interrupted");
        };
        var watching = new HeldEvents(host.Outbox, exchanges, host.Services.GetRequiredService<DispatchContext>())
            .WatchAsync(over.Token);

        exchanges.Heard(item);
        await watching;

        Assert.True(over.IsCancellationRequested);
        host.Outbox.Fault = _ => null;
    }

    [Theory]
    [InlineData(false, NoQueue)]
    [InlineData(true, HeldBack)]
    public async Task A_name_of_others_is_told_in_one_line(bool isLost, int told)
    {
        await using var host = NewHost();
        if (isLost)
            Lose(host);
        host.Outbox.Commit("a", "a1\nfake");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Log.Lines(told).Length == 1);

        Assert.Contains("'a1%0Afake'", host.Log.Lines(told)[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\n', host.Log.Lines(told)[0]);
    }

    private DispatcherHost NewHost()
    {
        var host = new DispatcherHost();
        host.Publisher.Outcome = item => _bound.Contains(item.Name)
            ? new(0)
            : host.Services.GetRequiredService<ExchangeWatch>().Returned(item.Service, item.Name);
        return host;
    }

    private static void Lose(DispatcherHost host)
    {
        var exchanges = host.Services.GetRequiredService<ExchangeWatch>();
        exchanges.Found("shop");
        exchanges.Missing("shop");
    }

    private static IReadOnlyList<HealthCondition> Conditions(DispatcherHost host) =>
        host.Services.GetRequiredService<HealthConditions>().Current;
}
