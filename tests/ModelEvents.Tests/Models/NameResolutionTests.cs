using ModelEvents.Tests.Configuration;
using Shop;
using Shop.Events;

namespace ModelEvents.Tests.Models;

public sealed class NameResolutionTests
{
    [Theory]
    [InlineData("Shop.Order", typeof(Order))]
    [InlineData("Order", typeof(Order))]
    [InlineData("order", typeof(Order))]
    [InlineData("shop.special_order", typeof(SpecialOrder))]
    [InlineData("Shipment.Parcel", typeof(Shipment.Parcel))]
    [InlineData("Shop.Shipment+Parcel", typeof(Shipment.Parcel))]
    [InlineData("SHOP.SHIPMENT.PARCEL", typeof(Shipment.Parcel))]
    public void A_model_is_found_by_its_name_or_a_tail_without_regard_to_case_and_underscores(string name, Type model)
    {
        var listed = ConfiguredShop.Listed(ConfiguredShop.Section($$"""[ { "Model": "{{name}}" } ]"""));

        Assert.Equal(model, Assert.Single(listed).ClrType);
    }

    [Theory]
    [InlineData("Audit", typeof(Audit<Order>), "audit")]
    [InlineData("Shop.Audit", typeof(Audit<Order>), "audit")]
    [InlineData("shop.audit<order>", typeof(Audit<Order>), "audit")]
    [InlineData("Audit<Customer>", typeof(Audit<Customer>), "audit")]
    [InlineData("Shop.Audit`1[[Shop.Order, Shop]]", typeof(Audit<Order>), "audit")]
    [InlineData("Audit.Line_Item", typeof(Audit<Order>.LineItem), "line_item")]
    [InlineData("Pair<Int32, Audit<Order>>", typeof(Pair<int, Audit<Order>>), "pair")]
    public void A_generic_model_is_found_with_or_without_its_type_arguments(string name, Type model, string prefix)
    {
        Type[] known = name.Contains("Customer") ? [typeof(Audit<Order>), model] : [model];

        var listed = Assert.Single(ConfiguredShop.Listed(
            ConfiguredShop.Section($$"""[ { "Model": "{{name}}" } ]"""), known: known));

        Assert.Equal((model, prefix), (listed.ClrType, listed.Prefix));
        Assert.DoesNotContain('`', listed.Name);
    }

    [Fact]
    public void A_generic_model_with_several_type_arguments_is_ambiguous_without_them()
    {
        var mistakes = ConfiguredShop.Mistakes(
            """[ { "Model": "Audit" } ]""", typeof(Audit<Order>), typeof(Audit<Customer>));

        Assert.Equal(
            [
                "The model 'Audit' (ModelEvents:Models:0) is ambiguous. "
                + "Write 'Shop.Audit<Order>' or 'Shop.Audit<Customer>'.",
            ],
            mistakes);
    }

    [Fact]
    public void A_tail_of_two_models_is_ambiguous()
    {
        var mistakes = ConfiguredShop.Mistakes(
            """[ { "Model": "Order" } ]""", typeof(Order), typeof(Shop.Returns.Order));

        Assert.Equal(
            ["The model 'Order' (ModelEvents:Models:0) is ambiguous. Write 'Shop.Order' or 'Shop.Returns.Order'."],
            mistakes);
    }

    [Fact]
    public void A_full_name_beats_a_tail()
    {
        var listed = ConfiguredShop.Listed(
            ConfiguredShop.Section("""[ { "Model": "Returns.Order" } ]"""),
            known: [typeof(Shop.Returns.Order), typeof(global::Returns.Order)]);

        Assert.Equal([typeof(global::Returns.Order)], listed.Select(model => model.ClrType));
    }

    [Fact]
    public void An_unknown_model_is_told_with_the_nearest_ones()
    {
        var mistakes = ConfiguredShop.Mistakes("""[ { "Model": "Shop.Ordr" } ]""", typeof(Order), typeof(Customer));

        Assert.Equal(
            ["The model 'Shop.Ordr' (ModelEvents:Models:0) is not mapped by 'ShopContext'. Did you mean 'Shop.Order'?"],
            mistakes);
    }

    [Fact]
    public void An_unknown_model_that_is_near_none_is_told_with_all_of_them()
    {
        var mistakes = ConfiguredShop.Mistakes("""[ { "Model": "Warehouse" } ]""", typeof(Order), typeof(Customer));

        Assert.Equal(
            [
                "The model 'Warehouse' (ModelEvents:Models:0) is not mapped by 'ShopContext'. "
                + "Mapped models are 'Shop.Customer' and 'Shop.Order'.",
            ],
            mistakes);
    }

    [Theory]
    [InlineData("Shop.Events.OrderSerializer")]
    [InlineData("events.order_serializer")]
    [InlineData("Shop.Events.OrderSerializer, ModelEvents.Tests")]
    public void A_serializer_is_found_like_a_model(string name)
    {
        var listed = ConfiguredShop.Listed(
            ConfiguredShop.Section($$"""[ { "Model": "Shop.Order", "Serializer": "{{name}}" } ]"""));

        Assert.Equal(typeof(OrderSerializer), Assert.Single(listed).SerializerType);
    }

    [Fact]
    public void A_serializer_of_a_base_type_serves_a_derived_model()
    {
        var listed = ConfiguredShop.Listed(
            ConfiguredShop.Section("""[ { "Model": "SpecialOrder", "Serializer": "OrderSerializer" } ]"""));

        Assert.Equal(typeof(OrderSerializer), Assert.Single(listed).SerializerType);
    }

    [Fact]
    public void A_serializer_of_another_model_is_refused()
    {
        var mistakes = ConfiguredShop.Mistakes("""[ { "Model": "Shop.Order", "Serializer": "CustomerSerializer" } ]""");

        Assert.Equal(
            [
                "The serializer 'CustomerSerializer' of model 'Shop.Order' does not implement 'IModelSerializer<Order>'. "
                + "Let 'Shop.Events.CustomerSerializer' implement it, or name a class that does.",
            ],
            mistakes);
    }

    [Fact]
    public void A_class_that_is_no_serializer_is_refused()
    {
        var mistakes = ConfiguredShop.Mistakes(
            """[ { "Model": "Customer", "Serializer": "Shop.Events.NoSerializer" } ]""");

        Assert.Equal(
            [
                "The serializer 'Shop.Events.NoSerializer' of model 'Shop.Customer' does not implement "
                + "'IModelSerializer<Customer>'. Let 'Shop.Events.NoSerializer' implement it, or name a class that does.",
            ],
            mistakes);
    }

    [Fact]
    public void An_unknown_serializer_is_told_with_the_nearest_one()
    {
        var mistakes = ConfiguredShop.Mistakes(
            """[ { "Model": "Shop.Order", "Serializer": "Shop.Events.OrderSerialiser" } ]""");

        Assert.Equal(
            [
                "The serializer 'Shop.Events.OrderSerialiser' of model 'Shop.Order' is not in any loaded assembly that "
                + "uses ModelEvents. Did you mean 'Shop.Events.OrderSerializer'?",
            ],
            mistakes);
    }

    [Fact]
    public void Properties_are_found_without_regard_to_case_and_underscores()
    {
        var listed = Assert.Single(ConfiguredShop.Listed(ConfiguredShop.Section(
            """[ { "Model": "Shop.Order", "StatusField": "status", "Exclude": [ "internal_note", "InternalNote" ] } ]""")));

        Assert.Equal("Status", listed.StatusField);
        Assert.Equal(["InternalNote"], listed.Exclude);
    }
}
