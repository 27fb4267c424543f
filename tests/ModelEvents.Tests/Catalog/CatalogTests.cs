using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Models;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Models;

namespace ModelEvents.Tests.Catalog;

public sealed class CatalogTests
{
    [Fact]
    public void The_catalog_follows_a_reloaded_list()
    {
        var configuration = new TestConfiguration(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));
        using var services = Services(configuration);
        var catalog = services.GetRequiredService<IModelEventCatalog>();
        var before = catalog.Events;

        Assert.Same(before, catalog.Events);
        Assert.True(catalog.Contains("customer__created"));
        configuration.Replace("""
            { "ModelEvents": { "ServiceName": "store", "Models": [ { "Model": "Shop.Order", "StatusField": "Status" } ] } }
            """);

        Assert.Equal(
            ["order__{status}", "order__created", "order__updated", "order__deleted"],
            EventsOfModels(catalog).Select(known => known.Name));
        Assert.False(catalog.Contains("customer__created"));
        Assert.Equal("store", (string)catalog.ToAsyncApi()["info"]!["title"]!);
    }

    [Fact]
    public void A_list_without_models_has_own_events_alone()
    {
        using var services = Services(new TestConfiguration("""{ "ModelEvents": { "ServiceName": "shop", "AllowEmpty": true } }"""));
        var catalog = services.GetRequiredService<IModelEventCatalog>();

        Assert.Empty(EventsOfModels(catalog));
        Assert.Equal(catalog.Events.Count, catalog.ToAsyncApi()["channels"]!.AsObject().Count);
    }

    [Fact]
    public void Every_header_is_described()
    {
        using var host = new CatalogHost<Library>(options => options.Model<Loan>(m => m.StatusField(loan => loan.Word)));
        var headers = typeof(EventHeaders).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Except([EventHeaders.PreviousSequence]);
        var listed = Assert.Single(host.Listed) with { Capture = CaptureSource.Log };
        string[] ofLog = [EventHeaders.Source, EventHeaders.Transaction, EventHeaders.Origin];

        Assert.Equal(headers, EventHeaderList.Of(listed, [ChangeAction.Updated]).Select(header => header.Name));
        Assert.Equal(headers.Except(ofLog), host.Catalog.Events[0].Headers.Select(header => header.Name));
    }

    [Fact]
    public void Headers_of_updates_stand_with_updates_alone()
    {
        using var host = new CatalogHost<Library>(options => options.Model<Member>());

        Assert.DoesNotContain(
            host.Catalog.Events.Single(known => known.Name == "member__deleted").Headers,
            header => header.Name is EventHeaders.Changed or EventHeaders.Links);
        Assert.Equal(
            ["updated"],
            host.Catalog.Events.Single(known => known.Name == "member__updated").Headers
                .Single(header => header.Name == EventHeaders.Action).Values);
    }

    private static IEnumerable<CatalogEvent> EventsOfModels(IModelEventCatalog catalog) =>
        catalog.Events.Where(known => known.Model.Length > 0);

    private static ServiceProvider Services(TestConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));
        services.AddModelEvents(configuration.Root);
        return services.BuildServiceProvider();
    }
}
