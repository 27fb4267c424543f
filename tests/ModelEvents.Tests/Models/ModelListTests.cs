using ModelEvents.Tests.Configuration;
using Shop;
using Shop.Events;

namespace ModelEvents.Tests.Models;

public sealed class ModelListTests
{
    [Fact]
    public void The_list_of_the_documentation_is_resolved()
    {
        var listed = ConfiguredShop.Listed("""
            {
              "ModelEvents": {
                "ServiceName": "shop",
                "Models": [
                  { "Model": "Shop.Order", "Serializer": "Shop.Events.OrderSerializer" },
                  { "Model": "Customer" },
                  { "Model": "Shop.Shipment", "StatusField": "Status" },
                  { "Model": "parcel", "EventNamePrefix": "box", "ServiceName": "depot", "Exclude": [ "Id" ] }
                ]
              }
            }
            """);

        Assert.Equal(
            [typeof(Order), typeof(Customer), typeof(Shipment), typeof(Shipment.Parcel)],
            listed.Select(m => m.ClrType));
        Assert.Equal(
            ["Shop.Order", "Shop.Customer", "Shop.Shipment", "Shop.Shipment.Parcel"], listed.Select(m => m.Name));
        Assert.Equal(["order", "customer", "shipment", "box"], listed.Select(m => m.Prefix));
        Assert.Equal(["shop", "shop", "shop", "depot"], listed.Select(m => m.Service));
        Assert.Equal([typeof(OrderSerializer), null, null, null], listed.Select(m => m.SerializerType));
        Assert.Equal([null, null, "Status", null], listed.Select(m => m.StatusField));
        Assert.Equal(["Id"], listed[3].Exclude);
    }
}
