using ModelEvents.Tests.Configuration;
using Shop;

namespace ModelEvents.Tests.Models;

public sealed class ListMistakesTests
{
    [Fact]
    public void An_empty_list_is_told()
    {
        Assert.Equal(
            [
                "No model is listed: 'ModelEvents:Models' is empty, so that no change has an event. List a model, or set "
                + "'ModelEvents:AllowEmpty' to 'true' where none is meant.",
            ],
            ConfiguredShop.Mistakes("[]"));
    }

    [Fact]
    public void An_empty_list_that_is_meant_is_none()
    {
        Assert.Empty(ConfiguredShop.Listed("""{ "ModelEvents": { "ServiceName": "shop", "AllowEmpty": true } }"""));
    }

    [Fact]
    public void A_status_field_that_the_model_lacks_is_told()
    {
        Assert.Equal(
            ["The StatusField 'Stat' of model 'Shop.Order' is no mapped property of it. Did you mean 'Status'?"],
            ConfiguredShop.Mistakes("""[ { "Model": "Shop.Order", "StatusField": "Stat" } ]"""));
    }

    [Fact]
    public void A_status_field_that_holds_no_single_value_is_told()
    {
        Assert.Equal(
            ["The StatusField 'Tags' of model 'Shop.Shipment' holds no single value. Name a scalar property."],
            ConfiguredShop.Mistakes("""[ { "Model": "Shipment", "StatusField": "Tags" } ]"""));
    }

    [Fact]
    public void A_prefix_with_a_control_character_is_told()
    {
        Assert.Equal(
            [
                "The events of model 'Shop.Order' begin with 'ord%0Aer': one of the two has a control character in it. Write the "
                + "model's name and its 'EventNamePrefix' without.",
            ],
            ConfiguredShop.Mistakes("""[ { "Model": "Shop.Order", "EventNamePrefix": "ord\ner" } ]"""));
    }

    [Fact]
    public void Included_and_excluded_properties_that_the_model_lacks_are_told()
    {
        Assert.Equal(
            [
                "The Include 'Phone' of model 'Shop.Customer' is no mapped property of it. "
                + "Its properties are 'FullName' and 'Id'.",
                "The Exclude 'FulName' of model 'Shop.Customer' is no mapped property of it. Did you mean 'FullName'?",
                "The model 'Shop.Customer' has both 'Include' and 'Exclude'. Keep one of them.",
            ],
            ConfiguredShop.Mistakes("""[ { "Model": "Customer", "Include": [ "Phone" ], "Exclude": [ "FulName" ] } ]"""));
    }

    [Fact]
    public void A_short_name_is_not_taken_for_another_that_shares_a_letter()
    {
        Assert.Equal(
            [
                "The Exclude 'Zip' of model 'Shop.Customer' is no mapped property of it. "
                + "Its properties are 'FullName' and 'Id'.",
            ],
            ConfiguredShop.Mistakes("""[ { "Model": "Customer", "Exclude": [ "Zip" ] } ]"""));
    }

    [Fact]
    public void A_model_that_is_listed_twice_under_different_names_is_told()
    {
        Assert.Equal(
            [
                "The model 'Shop.Customer' is listed more than once, as 'Customer (ModelEvents:Models:0)' and "
                + "'shop.customer (ModelEvents:Models:1)'. Keep one of them.",
            ],
            ConfiguredShop.Mistakes("""[ { "Model": "Customer" }, { "Model": "shop.customer" } ]"""));
    }

    [Fact]
    public void An_entry_without_a_model_is_told()
    {
        Assert.Equal(
            ["The entry 'ModelEvents:Models:0' names no model. Give it a 'Model'."],
            ConfiguredShop.Mistakes("""[ { "ServiceName": "x" } ]"""));
    }

    [Fact]
    public void A_name_over_255_bytes_is_told()
    {
        var prefix = new string('ä', 124);

        Assert.Equal(
            [
                $"The event name '{prefix}__created' of model 'Shop.Order' has 257 bytes, where AMQP allows 255. "
                + "Shorten its 'EventNamePrefix'.",
            ],
            ConfiguredShop.Mistakes($$"""[ { "Model": "Shop.Order", "EventNamePrefix": "{{prefix}}" } ]"""));
    }

    [Fact]
    public void A_name_over_255_bytes_with_one_of_the_statuses_is_told()
    {
        var prefix = new string('p', 240);

        Assert.Equal(
            [
                $"The event name '{prefix}__out_for_delivery' of model 'Shop.Shipment' has 258 bytes, where AMQP allows "
                + "255. Shorten its 'EventNamePrefix'.",
            ],
            ConfiguredShop.Mistakes(
                $$"""[ { "Model": "Shipment", "StatusField": "Status", "EventNamePrefix": "{{prefix}}" } ]"""));
    }

    [Fact]
    public void Two_models_of_one_service_with_the_same_prefix_are_told()
    {
        Assert.Equal(
            [
                "The events of 'Shop.Order' and 'Shop.Returns.Order' all begin with 'order', so that nobody could tell "
                + "them apart. Give all but one an 'EventNamePrefix' of its own.",
            ],
            ConfiguredShop.Mistakes(
                """[ { "Model": "Shop.Order" }, { "Model": "Returns.Order" } ]""",
                typeof(Order),
                typeof(Shop.Returns.Order)));
    }

    [Fact]
    public void Two_models_of_different_services_may_have_the_same_prefix()
    {
        var listed = ConfiguredShop.Listed(
            ConfiguredShop.Section(
                """[ { "Model": "Shop.Order" }, { "Model": "Returns.Order", "ServiceName": "returns" } ]"""),
            known: [typeof(Order), typeof(Shop.Returns.Order)]);

        Assert.Equal(["shop", "returns"], listed.Select(model => model.Service));
    }

    [Fact]
    public void A_service_name_that_is_too_long_for_an_exchange_is_told()
    {
        var service = new string('s', 249);

        Assert.Equal(
            [
                $"The ServiceName of model 'Shop.Order' is '{service}', too long for an exchange: '<name>.events' has at "
                + "most 255 bytes. Shorten it.",
            ],
            ConfiguredShop.Mistakes($$"""[ { "Model": "Shop.Order", "ServiceName": "{{service}}" } ]"""));
    }

    [Fact]
    public void A_service_name_that_an_exchange_cannot_have_is_told()
    {
        Assert.Equal(
            [
                "The ServiceName of model 'Shop.Order' is 'a/b', where '/' cannot be in the name of its exchange. "
                + "Write it with the letters A to Z, digits, '-', '_', '.' and ':' only.",
            ],
            ConfiguredShop.Mistakes("""[ { "Model": "Shop.Order", "ServiceName": "a/b" } ]"""));
    }
}
