using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shop.Events;

namespace ModelEvents.Tests.Configuration;

public sealed class CrudEventListTests
{
    private const string List = """
        {
          "SERVICE_NAME": "original_service",
          "NAMEKO_CONFIG": { "AMQP_URI": "pyamqp://guest:guest@rabbit:5672/shop" },
          "MODELS_CRUD_EVENT": [
            { "model": "shop.Customer", "serializer": "shop.events.CustomerSerializer" },
            { "model": "shop.SpecialOrder", "serializer": "shop.events.OrderSerializer", "status_field": "status" },
            { "model": "shop.Shipment", "event_name_prefix": "delivery", "service_name": "depot" }
          ]
        }
        """;

    [Fact]
    public void A_list_of_the_Django_original_works_as_it_stands()
    {
        var listed = ConfiguredShop.Listed(List);

        Assert.Equal(["Shop.Customer", "Shop.SpecialOrder", "Shop.Shipment"], listed.Select(model => model.Name));
        Assert.Equal(["customer", "special_order", "delivery"], listed.Select(model => model.Prefix));
        Assert.Equal(["original_service", "original_service", "depot"], listed.Select(model => model.Service));
        Assert.Equal(
            [typeof(CustomerSerializer), typeof(OrderSerializer), null], listed.Select(model => model.SerializerType));
        Assert.Equal([null, "Status", null], listed.Select(model => model.StatusField));
    }

    [Fact]
    public void Its_broker_address_may_stand_beside_the_list_or_in_the_Nameko_section()
    {
        Assert.Equal("amqp://guest:guest@rabbit:5672/shop", OptionsOf(List).Broker.Uri);
        Assert.Equal("amqp://b/", OptionsOf("""{ "AMQP_URI": "amqp://b/", "MODELS_CRUD_EVENT": [ {} ] }""").Broker.Uri);
    }

    [Fact]
    public void Its_keys_mean_nothing_without_the_list()
    {
        var options = OptionsOf("""{ "SERVICE_NAME": "someone_else", "AMQP_URI": "amqp://elsewhere/" }""");

        Assert.Equal(("", "amqp://guest:guest@localhost:5672/"), (options.ServiceName, options.Broker.Uri));
    }

    [Fact]
    public void An_unknown_key_in_it_is_told()
    {
        Assert.Equal(
            ["'MODELS_CRUD_EVENT:0:statusfield' is not a known key. Did you mean 'status_field'?"],
            ConfiguredShop.MistakesOf("""
                { "SERVICE_NAME": "shop", "MODELS_CRUD_EVENT": [ { "model": "Customer", "statusfield": "Id" } ] }
                """));
    }

    [Fact]
    public void Both_shapes_are_merged_and_the_section_wins()
    {
        var listed = ConfiguredShop.Listed("""
            {
              "SERVICE_NAME": "old",
              "MODELS_CRUD_EVENT": [
                { "model": "shop.Customer", "event_name_prefix": "client", "serializer": "CustomerSerializer" },
                { "model": "shop.Shipment" }
              ],
              "ModelEvents": { "ServiceName": "new", "Models": [ { "Model": "Customer", "EventNamePrefix": "buyer" } ] }
            }
            """);

        Assert.Equal(
            [("Shop.Customer", "buyer", "new"), ("Shop.Shipment", "shipment", "new")],
            listed.Select(model => (model.Name, model.Prefix, model.Service)));
        Assert.Equal(typeof(CustomerSerializer), listed[0].SerializerType);
    }

    private static ModelEventsOptions OptionsOf(string json) =>
        ConfiguredShop.Services(json).BuildServiceProvider().GetRequiredService<IOptions<ModelEventsOptions>>().Value;
}
