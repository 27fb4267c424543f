using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ModelEvents.Tests.Samples;

namespace ModelEvents.Tests.Wire;

/// <summary>The wire contract as a Python program meets it.</summary>
[Collection(nameof(ShopProcess))]
public sealed class ForeignClientTests(ForeignClient client) : IClassFixture<ForeignClient>
{
    private const string Topic = "exchange_type=topic durable=True auto_delete=False internal=False";

    [Theory]
    [InlineData("shop.events")]
    [InlineData("billing.events")]
    public void An_exchange_can_be_declared_as_the_contract_says_and_in_no_other_way(string exchange) =>
        Assert.Equal(
            [
                $"{exchange} passive=True -> 0",
                $"{exchange} {Topic} -> 0",
                $"{exchange} {Topic.Replace("topic", "fanout", StringComparison.Ordinal)} -> 406",
                $"{exchange} {Topic.Replace("durable=True", "durable=False", StringComparison.Ordinal)} -> 406",
                $"{exchange} {Topic.Replace("auto_delete=False", "auto_delete=True", StringComparison.Ordinal)} -> 406",
                $"{exchange} {Topic.Replace("internal=False", "internal=True", StringComparison.Ordinal)} -> 406",
                $$"""{{exchange}} {{Topic}} arguments={"alternate-exchange": "other"} -> 406""",
            ],
            client.Declarations.Where(line => line.StartsWith(exchange, StringComparison.Ordinal)));

    [Fact]
    public void Each_change_is_one_message_with_the_events_name_as_routing_key() =>
        Assert.Equal(
            [
                "billing.events bill__created 5",
                "shop.events customer__created 5",
                "shop.events customer__updated 5",
                "shop.events order.overdue 1",
                "shop.events order__created 5",
                "shop.events order__deleted 5",
                "shop.events order__paid 5",
                "shop.events order__shipped 5",
                "shop.events product__created 1",
                "shop.events product__deleted 1",
                "shop.events product__updated 1",
                "shop.events trigger__big order 1",
            ],
            client.Messages
                .CountBy(message => $"{message.Exchange} {message.RoutingKey}")
                .Select(name => $"{name.Key} {name.Value}")
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Each_message_has_the_properties_of_the_contract_and_no_others() =>
        Assert.All(client.Messages, message => Assert.Equal(
            [
                $"app_id={message.Exchange.Split('.')[0]}",
                "content_encoding=utf-8",
                "content_type=application/json",
                "delivery_mode=2",
                "message_id",
                "timestamp",
                $"type={message.RoutingKey}",
            ],
            message.Properties
                .Where(property => property.Value.ValueKind != JsonValueKind.Null)
                .Select(property => property.Key is "message_id" or "timestamp" ? property.Key : Text(property))
                .Order(StringComparer.Ordinal)));

    [Fact]
    public void Message_ids_are_different_UUIDs_of_version_7()
    {
        var texts = client.Messages.Select(message => message.Properties["message_id"].GetString()!).ToArray();
        var ids = texts.Select(text => Guid.ParseExact(text, "D")).ToArray();

        Assert.Equal(ForeignClient.EventCount, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(7, id.Version));
        Assert.Equal(ids.Select(id => id.ToString()), texts);
    }

    [Fact]
    public void The_timestamp_is_the_time_of_the_change_in_seconds() =>
        Assert.All(client.Messages, message => Assert.InRange(
            message.Properties["timestamp"].GetInt64(),
            client.Started.ToUnixTimeSeconds(),
            client.Ended.ToUnixTimeSeconds()));

    [Theory]
    [InlineData("order__created", "Shop.Order", "created")]
    [InlineData("order__paid", "Shop.Order", "updated", "status", "created")]
    [InlineData("order__shipped", "Shop.Order", "updated", "status", "paid")]
    [InlineData("order__deleted", "Shop.Order", "deleted")]
    [InlineData("customer__created", "Shop.Customer", "created")]
    [InlineData("customer__updated", "Shop.Customer", "updated", "points")]
    [InlineData("bill__created", "Shop.Invoice", "created")]
    [InlineData(
        "product__updated", "Shop.Product", "updated", "tags", null, """{"tags":{"added":["sale"],"removed":[]}}""")]
    public void Headers_tell_what_happened(
        string name,
        string model,
        string action,
        string? changed = null,
        string? status = null,
        string? links = null) =>
        Assert.All(Named(name), message =>
        {
            Assert.Equal(model, Header(message, "modelevents-model"));
            Assert.Equal(KeyIn(message), Header(message, "modelevents-key"));
            Assert.Equal(action, Header(message, "modelevents-action"));
            Assert.Equal(changed, Header(message, "modelevents-changed"));
            Assert.Equal(status, Header(message, "modelevents-previous-status"));
            Assert.Equal(links, Header(message, "modelevents-links"));
        });

    [Fact]
    public void Header_values_are_text_but_for_the_sequence_which_is_a_64_bit_number() =>
        Assert.All(client.Messages.SelectMany(message => message.HeaderTypes), type =>
            Assert.Equal(type.Key is "modelevents-sequence" or "x-dotnet-pub-seq-no" ? "long" : "str", type.Value));

    [Fact]
    public void No_header_makes_a_Nameko_service_fail() =>
        Assert.DoesNotContain(
            client.Messages.SelectMany(message => message.Headers.Keys),
            name => name.Contains("call_id_stack", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_sequence_grows_with_every_event_of_one_key() =>
        Assert.All(
            client.Messages.GroupBy(message =>
                (Header(message, "modelevents-model"), Header(message, "modelevents-key"))),
            entity =>
            {
                var sequences = entity.Select(m => m.Headers["modelevents-sequence"].GetInt64()).ToArray();
                Assert.Equal(sequences.Distinct().Order(), sequences);
            });

    [Fact]
    public void A_body_is_JSON_in_UTF_8_without_a_byte_order_mark() =>
        Assert.All(client.Messages, message =>
        {
            Assert.Equal((byte)'{', message.Body[0]);
            Assert.True(Utf8.IsValid(message.Body));
            using var body = JsonDocument.Parse(message.Body);
        });

    [Fact]
    public void Text_beyond_ASCII_is_in_the_body_as_it_stands() =>
        Assert.Equal(
            ["Zoë 1", "Zoë 2", "Zoë 3", "Zoë 4", "Zoë 5"],
            Named("customer__created").Select(NameIn).Order(StringComparer.Ordinal));

    private static string Text(KeyValuePair<string, JsonElement> value) => $"{value.Key}={value.Value}";

    private static string? Header(WireFact.Received message, string name) =>
        message.Headers.TryGetValue(name, out var value) ? value.GetString() : null;

    private static string KeyIn(WireFact.Received message)
    {
        using var body = JsonDocument.Parse(message.Body);
        return body.RootElement.TryGetProperty("id", out var id)
            ? $"{id}"
            : body.RootElement.GetProperty("number").GetString()!["INV-".Length..];
    }

    /// <summary>The name as its bytes stand in the body: an escaped one would not be found.</summary>
    private static string NameIn(WireFact.Received message)
    {
        const string Before = "\"name\":\"";
        var body = Encoding.UTF8.GetString(message.Body);
        var start = body.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return body[start..body.IndexOf('"', start)];
    }

    private WireFact.Received[] Named(string name)
    {
        var messages = client.Messages.Where(message => message.RoutingKey == name).ToArray();
        Assert.NotEmpty(messages);
        return messages;
    }
}
