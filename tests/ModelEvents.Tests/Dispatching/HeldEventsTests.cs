using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Dispatching;

namespace ModelEvents.Tests.Dispatching;

/// <summary>Events of an exchange that was deleted, on their way to queues that are to be bound again.</summary>
public sealed class HeldEventsTests
{
    private const int NoQueue = 1106;
    private const int ExchangeLost = 1115;
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
