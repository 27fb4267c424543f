using System.Text.Json;
using System.Text.Json.Nodes;
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
            raised beside them: 20
            events published:   172
            messages consumed:  172
            changes rolled back: 8
            """,
            output,
            StringComparison.Ordinal);
        var deliveries = await WaitForAsync(172);
        Assert.Equal(172, deliveries.Count);
        Assert.Equal(await ChangeAudit.ReadAsync(_database), ChangeAudit.Of(deliveries));
        Assert.All(
            deliveries.Where(ChangeAudit.IsOfChange).Where(IsOrder),
            order => Assert.Equal(order.Header(EventHeaders.Key), IdIn(order)));
    }

    [Fact]
    public async Task What_is_raised_beside_changes_comes_with_them()
    {
        await ShopProcess.RunAsync(_database, "--orders", "20");

        var deliveries = await WaitForAsync(172);
        var overdue = deliveries.Where(delivery => delivery.RoutingKey == "order.overdue").ToList();
        Assert.Equal(
            ["2026-00005", "2026-00010", "2026-00015", "2026-00020"],
            overdue.Select(own => own.Header(EventHeaders.Key)).Order());
        Assert.Contains(
            """{"number":"2026-00005","total":15}""", overdue.Select(own => own.Text));
        var big = deliveries.Where(delivery => delivery.RoutingKey == "trigger__big order").ToList();
        Assert.Equal(
            await _database.ScalarAsync<string>("SELECT string_agg(id::text, ',' ORDER BY id::text) FROM trigger_events"),
            string.Join(',', big.Select(raised => raised.Properties.MessageId).Order(StringComparer.Ordinal)));
        Assert.Equal(16, big.Count);
    }

    [Fact]
    public async Task A_handler_tells_the_customer_of_each_order_that_is_shipped()
    {
        var output = await ShopProcess.RunAsync(_database, "--orders", "20");

        var told = output.Split('\n').Where(line => line.EndsWith(" is on its way.", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            (await WaitForAsync(172)).Count(delivery => delivery.RoutingKey == "order__shipped"), told.Distinct().Count());
        Assert.Contains("To customer1@example.com: order 2026-00001 is on its way.", told);
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    [Fact]
    public async Task With_the_log_as_the_source_the_same_changes_are_published_and_those_of_other_writers()
    {
        await ShopProcess.RunAsync(_database, "--publish-only", "--capture", "log");
        await _database.ExecuteAsync(
            "INSERT INTO \"Products\" (\"Name\", \"Price\") SELECT 'Imported', 1 FROM generate_series(1, 10)");
        var output = await ShopProcess.RunAsync(_database, "--orders", "20", "--capture", "log");

        Assert.Contains(
            """
            changes committed:  152
            raised beside them: 4
            events published:   166
            messages consumed:  156
            changes rolled back: 8
            """,
            output,
            StringComparison.Ordinal);
        var deliveries = await WaitForAsync(166);
        Assert.Equal(166, deliveries.Count);
        Assert.Equal(10, deliveries.Count(delivery => delivery.Text.Contains("Imported", StringComparison.Ordinal)));
        Assert.All(
            deliveries.Where(ChangeAudit.IsOfChange), change => Assert.Equal("log", change.Header(EventHeaders.Source)));
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
        var deliveries = await WaitForAsync((int)committedCount, ChangeAudit.IsOfChange);
        Assert.InRange(committedCount, 700, 2279);
        Assert.Equal(await ChangeAudit.ReadAsync(_database), ChangeAudit.Of(deliveries));
    }

    [Fact]
    public async Task The_events_are_told_as_AsyncAPI_until_the_shop_is_stopped()
    {
        await using var shop = ShopProcess.Start(_database, "--orders", "1", "--http", "0");
        await shop.WaitForAsync(lines => lines.Any(line => line.StartsWith("messages consumed:", StringComparison.Ordinal)));
        var address = shop.Lines.Single(line => line.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(address), TestContext.Current.CancellationToken);
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        await shop.StopAsync();

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("3.0.0", (string)document["asyncapi"]!);
        Assert.Equal("shop", (string)document["info"]!["title"]!);
        Assert.Equal(
            [
                "shop.order__created", "shop.order__paid", "shop.order__shipped", "shop.order__deleted",
                "shop.customer__created", "shop.customer__updated", "shop.customer__deleted",
                "billing.bill__created", "billing.bill__updated", "billing.bill__deleted",
                "shop.product__created", "shop.product__updated", "shop.product__deleted",
                "shop.order.overdue", "shop.trigger___rule_", "billing.trigger___rule_",
            ],
            document["channels"]!.AsObject().Select(channel => channel.Key));
        Assert.Equal(
            ["number", "order_id", "total"],
            document["components"]!["schemas"]!["Shop.Invoice"]!["properties"]!.AsObject().Select(its => its.Key));
        Assert.DoesNotContain(TestServices.RabbitMq.UserInfo, document.ToJsonString(), StringComparison.Ordinal);
    }

    private static bool IsOrder(RabbitDelivery delivery) => delivery.Header(EventHeaders.Model) == "Shop.Order";

    private static string IdIn(RabbitDelivery delivery)
    {
        using var body = JsonDocument.Parse(delivery.Body);
        return body.RootElement.GetProperty("id").GetRawText();
    }

    /// <summary>Waits until that many different events arrived, and returns all messages.</summary>
    private async Task<IReadOnlyList<RabbitDelivery>> WaitForAsync(int count, Func<RabbitDelivery, bool>? ofKind = null)
    {
        IReadOnlyList<RabbitDelivery> arrived = [];
        await Eventually.TrueAsync(
            () =>
            {
                arrived = [.. _shop.Deliveries, .. _billing.Deliveries];
                return arrived.Where(ofKind ?? (_ => true)).DistinctBy(delivery => delivery.Properties.MessageId).Count() >= count;
            },
            () => $"{arrived.Count} messages arrived, {count} events were committed");
        return arrived;
    }
}
