using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Configuration;

namespace ModelEvents.Tests.Configuration;

public sealed class ExampleTests
{
    private static readonly JsonNode Section = ConfigFile.Json("appsettings.example.json")["ModelEvents"]!;

    [Fact]
    public void The_example_is_valid()
    {
        var listed = ConfiguredShop.Listed(ConfigFile.Text("appsettings.example.json"));

        Assert.Equal("Shop.Order", Assert.Single(listed).Name);
    }

    [Fact]
    public void The_example_has_every_option()
    {
        AssertHasAll(typeof(ModelEventsOptions), Section);
        AssertHasAll(typeof(ModelOptions), Section["Models"]![0]!);
        AssertHasAll(typeof(BrokerOptions), Section["Broker"]!);
        AssertHasAll(typeof(OutboxTableOptions), Section["Outbox"]!);
        AssertHasAll(typeof(WalOptions), Section["Wal"]!);
        AssertHasAll(typeof(DispatcherOptions), Section["Dispatcher"]!);
        AssertHasAll(typeof(HandlersOptions), Section["Handlers"]!);
    }

    [Fact]
    public void The_example_has_the_defaults()
    {
        var example = ConfiguredShop.Services(ConfigFile.Text("appsettings.example.json"))
            .BuildServiceProvider().GetRequiredService<IOptions<ModelEventsOptions>>().Value;
        var defaults = new ModelEventsOptions { ServiceName = "shop" };

        AssertSame(defaults, example);
        AssertSame(new ModelOptions { Model = "Shop.Order" }, Assert.Single(example.Models));
        AssertSame(defaults.Broker, example.Broker);
        AssertSame(defaults.Outbox, example.Outbox);
        AssertSame(defaults.Wal, example.Wal);
        AssertSame(defaults.Dispatcher, example.Dispatcher);
        AssertSame(defaults.Handlers, example.Handlers);
    }

    private static void AssertHasAll(Type options, JsonNode example) =>
        Assert.Equal(
            SectionBinder.KeysOf(options).Keys.Order(StringComparer.Ordinal),
            example.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));

    private static void AssertSame(object expected, object actual) =>
        Assert.All(
            SectionBinder.KeysOf(expected.GetType()).Values.Where(property => property.CanWrite),
            property => Assert.Equal(property.GetValue(expected), property.GetValue(actual)));
}
