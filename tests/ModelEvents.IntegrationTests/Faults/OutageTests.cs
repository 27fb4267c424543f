using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>The broker goes away and comes back, for real.</summary>
[Collection(nameof(BrokerOutage))]
public sealed class OutageTests(Fleet fleet) : IClassFixture<Fleet>
{
    private const string Away = "Nothing can be published";

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_broker_that_was_away_gets_everything_in_order_and_waiting_for_it_costs_next_to_nothing()
    {
        var noticed = Noticed();
        await InterruptAsync(
            BrokerOutage.StopBrokerAsync,
            async () =>
            {
                await noticed();
                var before = fleet.Workers.Select(worker => worker.ProcessorTime).ToArray();
                await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
                Assert.All(fleet.Workers, (worker, index) => Assert.InRange(
                    worker.ProcessorTime - before[index], TimeSpan.Zero, TimeSpan.FromSeconds(1)));
            },
            BrokerOutage.StartBrokerAsync);
    }

    [Fact]
    public async Task A_broker_that_blocked_its_publishers_gets_everything_in_order()
    {
        var noticed = Noticed();
        await InterruptAsync(BrokerOutage.BlockPublishersAsync, noticed, BrokerOutage.UnblockPublishersAsync);
    }

    [Fact]
    public async Task A_broker_that_is_restarted_while_it_blocks_its_publishers_gets_everything_in_order()
    {
        var noticed = Noticed();
        await InterruptAsync(
            BrokerOutage.BlockPublishersAsync,
            async () =>
            {
                await noticed();
                await BrokerOutage.StopBrokerAsync();
            },
            BrokerOutage.StartBrokerAsync);
    }

    /// <summary>Returns what waits until every worker has said, from now on, that nothing can be published.</summary>
    private Func<Task> Noticed()
    {
        var before = fleet.Workers.Select(worker => worker.Count(Away)).ToArray();
        return () => Task.WhenAll(fleet.Workers.Select((worker, index) => worker.LoggedAsync(Away, before[index] + 1)));
    }

    /// <summary>Takes the broker away in the middle of a drain, saves more, and brings it back.</summary>
    private async Task InterruptAsync(Func<Task> takeAway, Func<Task> meanwhile, Func<Task> bringBack)
    {
        var saving = fleet.AllAsync(service => service.SaveRoundsAsync(60));
        await fleet.AllAsync(service => service.Queue.WaitForAsync(service.Committed.Count + 100));
        await takeAway();
        try
        {
            await saving;
            await fleet.AllAsync(service => service.SaveRoundsAsync(1));
            await meanwhile();
        }
        finally
        {
            await bringBack();
        }

        await fleet.AllAsync(service => service.DeliveredAsync(Recovery));
    }
}
