using Microsoft.EntityFrameworkCore;
using ModelEvents.Consuming;
using ModelEvents.Tests.Infrastructure;
using static ModelEvents.Tests.Inbox.ReceivedEvents;

namespace ModelEvents.Tests.Inbox;

/// <summary>Each event is handled once, whatever happens to its deliveries.</summary>
public sealed class InboxTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_delivery_is_dropped_without_running_the_handler()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "twice");

        var first = await service.BillAsync(received);
        var second = await service.DeliverAsync(received, (_, _) => throw new InvalidOperationException("Run again."));

        Assert.Equal((InboxOutcome.Handled, InboxOutcome.Duplicate), (first, second));
        Assert.Equal(["twice"], await service.BillsAsync("twice"));
    }

    [Fact]
    public async Task Each_consumer_handles_an_event_once()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "each");

        InboxOutcome[] outcomes =
        [
            await service.BillAsync(received, "each a", "a"),
            await service.BillAsync(received, "each b", "b"),
            await service.BillAsync(received, "each a", "a"),
        ];

        Assert.Equal([InboxOutcome.Handled, InboxOutcome.Handled, InboxOutcome.Duplicate], outcomes);
        Assert.Equal(["each a", "each b"], await service.BillsAsync("each"));
    }

    [Fact]
    public async Task A_handler_that_fails_leaves_nothing_and_the_next_delivery_is_handled()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "fails");

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => service.DeliverAsync(received, async (context, token) =>
        {
            await BillingService.AddBillAsync(context, "fails once", token);
            throw new TimeoutException("The bank does not answer.");
        }));

        Assert.Equal("The bank does not answer.", failure.Message);
        Assert.Equal(InboxOutcome.Handled, await service.BillAsync(received));
        Assert.Equal(["fails"], await service.BillsAsync("fails"));
    }

    [Fact]
    public async Task A_failed_delivery_can_be_repeated_in_the_same_scope()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received();
        var deliveries = 0;
        await service.DeliverAsync(Received(), async (context, _) => await context.Bills.CountAsync(Cancellation));

        var outcome = await service.DeliverTwiceInOneScopeAsync(received, async (context, token) =>
        {
            context.Add(new Bill { Text = $"scope {++deliveries}" });
            if (deliveries == 1)
                throw new InvalidOperationException("Not yet.");
            await context.SaveChangesAsync(token);
        });

        Assert.Equal(InboxOutcome.Handled, outcome);
        Assert.Equal(["scope 2"], await service.BillsAsync("scope"));
    }

    [Fact]
    public async Task A_handler_that_swallows_a_database_error_after_which_nothing_can_be_committed_has_failed()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "swallows");

        await Assert.ThrowsAnyAsync<Exception>(() => service.DeliverAsync(received, async (context, token) =>
        {
            await BillingService.AddBillAsync(context, "swallows", token);
            await Assert.ThrowsAnyAsync<Exception>(() => context.Database.ExecuteSqlRawAsync("SELECT 1/0", token));
        }));

        Assert.Empty(await service.BillsAsync("swallows"));
        Assert.Equal(InboxOutcome.Handled, await service.BillAsync(received));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_concurrent_deliveries_the_later_waits_and_runs_only_if_the_earlier_fails(bool fails)
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());

        var earlier = service.DeliverAsync(received, async (context, token) =>
        {
            await BillingService.AddBillAsync(context, $"{fails}, earlier", token);
            entered.SetResult();
            await release.Task;
            if (fails)
                throw new InvalidOperationException("The earlier one fails.");
        });
        await entered.Task;
        var later = service.BillAsync(received, $"{fails}, later");
        await database.SomeoneWaitsAsync();
        release.SetResult();

        if (fails)
            await Assert.ThrowsAsync<InvalidOperationException>(() => earlier);
        else
            Assert.Equal(InboxOutcome.Handled, await earlier);
        Assert.Equal(fails ? InboxOutcome.Handled : InboxOutcome.Duplicate, await later);
        Assert.Equal(
            [fails ? "True, later" : "False, earlier"],
            await service.BillsAsync($"{fails}"));
    }

    [Fact]
    public async Task Of_many_concurrent_deliveries_exactly_one_is_handled()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "many");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.BillAsync(received)));

        Assert.Single(outcomes, InboxOutcome.Handled);
        Assert.Equal(19, outcomes.Count(outcome => outcome == InboxOutcome.Duplicate));
        Assert.Equal(["many"], await service.BillsAsync("many"));
    }

    [Fact]
    public async Task A_consumer_whose_name_no_primary_key_can_hold_is_told()
    {
        await using var service = BillingService.Create(database);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => service.BillAsync(Received(), consumer: new string('c', 257)));

        Assert.Contains("at most 256 characters", failure.Message, StringComparison.Ordinal);
    }
}
