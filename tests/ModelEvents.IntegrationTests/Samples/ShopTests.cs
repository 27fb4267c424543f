using System.Text.Json;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

[Collection(nameof(ShopProcess))]
public sealed class ShopTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private RabbitQueue _shop = null!;
    private RabbitQueue _billing = null!;

    public async ValueTask InitializeAsync()
    {
        await Broker.DeleteQueueAsync(ShopProcess.Queue);
        _database = await TestDatabase.CreateAsync();
        _shop = await RabbitQueue.BindAsync("shop.events");
        _billing = await RabbitQueue.BindAsync("billing.events");
        await ShopProcess.RunAsync(_database, "--publish-only");
        await ChangeAudit.AddToAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DeleteQueueAsync(ShopProcess.Queue);
        await _shop.DisposeAsync();
        await _billing.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_committed_change_is_published_and_consumed_once()
    {
        var output = await ShopProcess.RunAsync(_database, "--orders", "20");

        Assert.Contains(
            """
            changes committed:  152
            events published:   152
            messages consumed:  152
            changes rolled back: 8
            """,
            output,
            StringComparison.Ordinal);
        var deliveries = await WaitForAsync(152);
        Assert.Equal(152, deliveries.Count);
        Assert.Equal(await ChangeAudit.ReadAsync(_database), ChangeAudit.Of(deliveries));
        Assert.All(deliveries.Where(IsOrder), order => Assert.Equal(order.Header(EventHeaders.Key), IdIn(order)));
    }

    [Fact]
    public async Task What_a_killed_run_committed_is_published_by_the_next_one()
    {
        await using (var first = ShopProcess.Start(_database, "--orders", "300"))
        {
            long committed = 0;
            await Eventually.TrueAsync(
                async () => (committed = await ChangeAudit.CountAsync(_database)) >= 700,
                () => $"{committed} changes committed");
            await first.KillAsync();
        }

        await ShopProcess.RunAsync(_database, "--publish-only");

        var committedCount = await ChangeAudit.CountAsync(_database);
        var deliveries = await WaitForAsync((int)committedCount);
        Assert.InRange(committedCount, 700, 2279);
        Assert.Equal(await ChangeAudit.ReadAsync(_database), ChangeAudit.Of(deliveries));
    }

    private static bool IsOrder(RabbitDelivery delivery) => delivery.Header(EventHeaders.Model) == "Shop.Order";

    private static string IdIn(RabbitDelivery delivery)
    {
        using var body = JsonDocument.Parse(delivery.Body);
        return body.RootElement.GetProperty("id").GetRawText();
    }

    /// <summary>Waits until that many different events arrived, and returns all messages.</summary>
    private async Task<IReadOnlyList<RabbitDelivery>> WaitForAsync(int count)
    {
        IReadOnlyList<RabbitDelivery> arrived = [];
        await Eventually.TrueAsync(
            () =>
            {
                arrived = [.. _shop.Deliveries, .. _billing.Deliveries];
                return arrived.DistinctBy(delivery => delivery.Properties.MessageId).Count() >= count;
            },
            () => $"{arrived.Count} messages arrived, {count} events were committed");
        return arrived;
    }
}
