using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Models;

/// <summary>What is told when reading the configuration anew throws.</summary>
public sealed class ReloadFailureTests
{
    private const int ReloadFailed = 1003;
    private const int SourceMissing = 1005;
    private const int ConfigurationBack = 1006;

    private const string Customer = """{ "ModelEvents": { "Models": [ { "Model": "Customer" } ] } }""";

    /// <summary>As one whose values are changed in place meanwhile; an exception of a timer's callback ends the process.</summary>
    [Fact]
    public void A_provider_that_throws_when_it_is_looked_into_is_told()
    {
        var provider = new FaultyProvider();
        using var shop = new ReloadedShop(
            Customer, bound: root => new ConfigurationRoot([new ChainedConfigurationProvider(new() { Configuration = root }), provider]));

        provider.Fault = "Collection was modified";
        shop.Clock.AdvanceToNext(shop.Clock.GetUtcNow().AddSeconds(5));

        Assert.Equal(["Shop.Customer"], shop.Listed);
        Assert.Single(shop.Log.Lines(ReloadFailed));
        Assert.Equal(
            ["The model list stays as it was. The changed configuration could not be read. Collection was modified"], shop.Conditions);

        provider.Fault = null;
        shop.Root.Reload();

        Assert.Single(shop.Log.Lines(ConfigurationBack));
        Assert.Empty(shop.Conditions);
    }

    [Fact]
    public async Task What_is_missing_is_told_once_though_the_rest_cannot_be_read()
    {
        string? fault = null;
        using var shop = new ReloadedShop(
            Customer,
            register: (services, _) => services.Configure<ModelEventsOptions>(_ =>
            {
                if (fault is not null)
                    throw new InvalidOperationException(fault);
            }));

        fault = "It needs 'Models'.";
        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);
        shop.Root.Reload();

        Assert.Single(shop.Log.Lines(SourceMissing));
        Assert.Empty(shop.Log.Lines(ReloadFailed));
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_told_once()
    {
        string? fault = null;
        using var shop = new ReloadedShop(
            Customer,
            register: (services, _) => services.Configure<ModelEventsOptions>(_ =>
            {
                if (fault is not null)
                    throw new InvalidOperationException(fault);
            }));

        foreach (var next in new[] { "one", "one", "two", null, "two" })
        {
            fault = next;
            shop.Root.Reload();
        }

        Assert.Equal(3, shop.Log.Lines(ReloadFailed).Length);
        Assert.Equal(["The model list stays as it was. The changed configuration could not be read. two"], shop.Conditions);
    }

    private sealed class FaultyProvider : ConfigurationProvider
    {
        public string? Fault { get; set; }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            Fault is null ? base.GetChildKeys(earlierKeys, parentPath) : throw new InvalidOperationException(Fault);
    }
}
