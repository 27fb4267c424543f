using ModelEvents.Consuming;
using ModelEvents.Tests.Infrastructure;
using static ModelEvents.Consuming.InboxOutcome;
using static ModelEvents.Tests.Inbox.ReceivedEvents;

namespace ModelEvents.Tests.Inbox;

/// <summary>Events that come too late, and events that do not come.</summary>
public sealed class InboxSequenceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task An_event_is_dropped_once_a_later_or_equal_one_of_its_key_was_handled()
    {
        await using var service = await StartAsync();

        Assert.Equal(Handled, await service.BillAsync(Received(1, key: "stale"), "stale 1"));
        Assert.Equal(Handled, await service.BillAsync(Received(5, key: "stale"), "stale 5"));
        Assert.Equal(Stale, await service.BillAsync(Received(3, key: "stale"), "stale 3"));
        Assert.Equal(Stale, await service.BillAsync(Received(5, key: "stale"), "stale 5 again"));
        Assert.Equal(Handled, await service.BillAsync(Received(6, key: "stale"), "stale 6"));
        Assert.Equal(["stale 1", "stale 5", "stale 6"], await service.BillsAsync("stale"));
    }

    [Fact]
    public async Task Keys_services_and_consumers_do_not_make_each_others_events_stale()
    {
        await using var service = await StartAsync();

        Assert.Equal(Handled, await service.BillAsync(Received(9, key: "own")));
        Assert.Equal(Handled, await service.BillAsync(Received(1, key: "OWN")));
        Assert.Equal(Handled, await service.BillAsync(Received(1, key: "own", service: "market")));
        Assert.Equal(Handled, await service.BillAsync(Received(1, key: "own"), consumer: "other"));
    }

    [Fact]
    public async Task Stale_events_are_handled_unless_they_are_to_be_dropped()
    {
        await using var service = await StartAsync(dropStale: false);

        Assert.Equal(Handled, await service.BillAsync(Received(5, key: "kept")));
        Assert.Equal(Handled, await service.BillAsync(Received(3, key: "kept")));
        Assert.Equal(0, await database.ScalarAsync<long>(
            "SELECT count(*) FROM model_events_inbox_sequences WHERE key = 'kept'"));
    }

    [Fact]
    public async Task A_later_event_whose_handler_failed_makes_nothing_stale()
    {
        await using var service = await StartAsync();
        var later = Received(5, key: "failed");

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => service.DeliverAsync(later, (_, _) => throw new InvalidOperationException("Fails.")));

        Assert.Equal(Handled, await service.BillAsync(Received(3, key: "failed")));
        Assert.Equal(Handled, await service.BillAsync(later));
    }

    [Theory]
    [InlineData(1, 2, Handled)]
    [InlineData(2, 1, Stale)]
    public async Task Of_two_concurrent_first_events_of_a_key_the_second_waits_for_the_first(
        long first, long second, InboxOutcome expected)
    {
        await using var service = await StartAsync();
        var key = $"first {first}";
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());

        var earlier = service.DeliverAsync(Received(first, key: key), async (_, _) =>
        {
            entered.SetResult();
            await release.Task;
        });
        await entered.Task;
        var later = service.BillAsync(Received(second, key: key), key);
        await database.SomeoneWaitsAsync();
        release.SetResult();

        Assert.Equal(Handled, await earlier);
        Assert.Equal(expected, await later);
        Assert.Equal(expected == Handled ? [key] : [], await service.BillsAsync(key));
    }

    [Fact]
    public async Task Many_concurrent_events_of_a_key_are_handled_in_growing_order()
    {
        await using var service = await StartAsync();
        var handled = new List<long>();

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(sequence => service.DeliverAsync(
            Received(sequence, key: "many"),
            (_, _) =>
            {
                handled.Add(sequence);
                return Task.CompletedTask;
            })));

        Assert.Equal(handled.Order(), handled);
        Assert.Equal(20, handled[^1]);
        Assert.Equal(handled.Count, outcomes.Count(outcome => outcome == Handled));
        Assert.Equal(20 - handled.Count, outcomes.Count(outcome => outcome == Stale));
    }

    [Fact]
    public async Task A_missing_event_is_told_and_counted_once()
    {
        await using var service = await StartAsync();
        await service.BillAsync(Received(2, previous: 1, key: "gap"));
        await service.BillAsync(Received(4, previous: 2, key: "gap"));
        Assert.Empty(service.Log.Lines(2010));

        var afterGap = Received(9, previous: 8, key: "gap");
        Assert.Equal(Handled, await service.BillAsync(afterGap));
        Assert.Equal(Duplicate, await service.BillAsync(afterGap));
        await service.BillAsync(Received(10, previous: 9, key: "gap"));
        await service.BillAsync(Received(12, key: "gap"));

        Assert.Equal(
            "The consumer 'billing' did not receive every event of 'Shop.Order' with key 'gap': before 'order__9' "
            + $"({afterGap.Id}) came the one with the sequence 8, but the last one handled has 4.",
            Assert.Single(service.Log.Lines(2010)));
        Assert.Equal(1, service.Gaps);
    }

    private Task<BillingService> StartAsync(bool dropStale = true) =>
        BillingService.Create(database, inbox => inbox.DropStale = dropStale).CreatedAsync();
}
