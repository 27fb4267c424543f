using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>A consuming process beside the shop's, both as their users run them.</summary>
[Collection(nameof(ShopProcess))]
public sealed class BillingTests : IAsyncLifetime
{
    private static readonly string[] Queues = [BillingProcess.Queue, BillingProcess.ErrorQueue, ShopProcess.Queue];

    private readonly TestDatabase _shop = new();
    private readonly TestDatabase _billing = new();

    public async ValueTask InitializeAsync()
    {
        await DeleteQueuesAsync();
        await _shop.InitializeAsync();
        await _billing.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DeleteQueuesAsync();
        await _shop.DisposeAsync();
        await _billing.DisposeAsync();
    }

    [Fact]
    public async Task It_can_be_started_before_the_shop_has_ever_run()
    {
        await Broker.DeleteExchangeAsync("shop.events");
        await using var billing = await BillingProcess.StartAsync(_billing);

        await ShopProcess.RunAsync(_shop, "--orders", "5");

        await WaitForLinesAsync(billing, 15);
        Assert.Equal(BillingProcess.EachOnce(5), await BillingProcess.ReadAsync(_billing));
    }

    [Fact]
    public async Task Events_that_come_while_it_is_stopped_wait_for_it()
    {
        await using (var first = await BillingProcess.StartAsync(_billing))
            await first.StopAsync();
        await ShopProcess.RunAsync(_shop, "--orders", "5");

        await using var second = await BillingProcess.StartAsync(_billing);

        await WaitForLinesAsync(second, 15);
        await second.StopAsync();
        Assert.Equal(BillingProcess.EachOnce(5), await BillingProcess.ReadAsync(_billing));
    }

    [Fact]
    public async Task An_event_that_is_published_twice_is_handled_once()
    {
        await using var billing = await BillingProcess.StartAsync(_billing);
        await using var shop = await FaultyShop.OpenAsync(_shop, faults => faults.Duplicate(every: 3));

        await shop.SellAsync(20);

        await billing.WaitForAsync(() => Task.FromResult(shop.Publisher.Confirmed == 60));
        await WaitForLinesAsync(billing, 60);
        await billing.WaitForAsync(() => Broker.IsEmptyAsync(BillingProcess.Queue));
        await billing.StopAsync();
        Assert.Empty(await Broker.TakeAllAsync(BillingProcess.Queue));
        Assert.Equal(20, shop.Publisher.Duplicates);
        Assert.Equal(BillingProcess.EachOnce(20), await BillingProcess.ReadAsync(_billing));
        Assert.Equal(60, billing.Lines.Count(line => line.StartsWith("order__", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_handler_that_fails_twice_works_at_the_third_try_and_nothing_is_double()
    {
        await using var billing = await BillingProcess.StartAsync(_billing, "--fail-first", "2");

        await ShopProcess.RunAsync(_shop, "--orders", "3");

        await WaitForLinesAsync(billing, 9);
        await billing.StopAsync();
        Assert.Equal(BillingProcess.EachOnce(3), await BillingProcess.ReadAsync(_billing));
        Assert.Equal(9, billing.Lines.Count(line => line.StartsWith("order__", StringComparison.Ordinal)));
        Assert.Equal(9, billing.Lines.Count(line => line == "The bank does not answer, try 2"));
        Assert.Empty(await Broker.TakeAllAsync(BillingProcess.ErrorQueue));
    }

    [Fact]
    public async Task A_poison_body_ends_in_the_error_queue_and_the_rest_flows()
    {
        await using var billing = await BillingProcess.StartAsync(_billing);

        await Broker.PublishAsync("shop.events", "order__paid", "no JSON", Guid.CreateVersion7());
        await Broker.PublishAsync("shop.events", "order__paid", "{}", Guid.CreateVersion7());
        await ShopProcess.RunAsync(_shop, "--orders", "3");

        await WaitForLinesAsync(billing, 9);
        List<string> errors = [];
        await billing.WaitForAsync(async () =>
        {
            errors.AddRange(await Broker.TakeAllAsync(BillingProcess.ErrorQueue));
            return errors.Count >= 2;
        });
        Assert.Equal(BillingProcess.EachOnce(3), await BillingProcess.ReadAsync(_billing));
        Assert.Equal(["no JSON", "{}"], errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_killed_process_and_its_successor_handle_each_event_once_in_effect()
    {
        await using (var first = await BillingProcess.StartAsync(_billing))
        {
            await using var shop = ShopProcess.Start(_shop, "--orders", "100", "--publish-only");
            await WaitForLinesAsync(first, 30);
            await first.KillAsync();
            await shop.ReadToEndAsync();
        }

        Assert.InRange(await BillingProcess.CountLinesAsync(_billing), 30, 299);
        await using var second = await BillingProcess.StartAsync(_billing);
        await WaitForLinesAsync(second, 300);
        await second.StopAsync();
        Assert.Equal(BillingProcess.EachOnce(100), await BillingProcess.ReadAsync(_billing));
    }

    private static async Task DeleteQueuesAsync()
    {
        foreach (var queue in Queues)
            await Broker.DeleteQueueAsync(queue);
    }

    private Task WaitForLinesAsync(ChildProcess billing, int count) =>
        billing.WaitForAsync(async () => await BillingProcess.CountLinesAsync(_billing) >= count);
}
