using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelEvents.Tests.Configuration;

public sealed class SectionBindingTests
{
    [Fact]
    public void Values_of_every_kind_are_bound()
    {
        var options = Bind("""
            {
              "ModelEvents": {
                "servicename": "shop",
                "Delivery": "direct",
                "Broker": { "Uri": "amqps://broker/", "AutoDelete": true, "Topology": "Passive" },
                "Dispatcher": { "Workers": 4, "PollInterval": "00:00:02.5", "Enabled": false },
                "Outbox": { "Table": "events", "Schema": "queue" },
                "Models": [ { "Model": "A", "StatusEvents": "OnChange", "Include": [ "X", "Y" ] } ]
              }
            }
            """);

        Assert.Equal(
            ("shop", DeliveryMode.Direct, "amqps://broker/", true, ExchangeTopology.Passive),
            (options.ServiceName, options.Delivery, options.Broker.Uri, options.Broker.AutoDelete, options.Broker.Topology));
        Assert.Equal(
            (4, TimeSpan.FromSeconds(2.5), false),
            (options.Dispatcher.Workers, options.Dispatcher.PollInterval, options.Dispatcher.Enabled));
        Assert.Equal(("events", "queue"), (options.Outbox.Table, options.Outbox.Schema));
        Assert.Equal(("A", StatusEvents.OnChange), (options.Models[0].Model, options.Models[0].StatusEvents));
        Assert.Equal(["X", "Y"], options.Models[0].Include);
        Assert.Empty(options.Mistakes);
    }

    [Fact]
    public void The_section_itself_can_be_given()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(
            new TestConfiguration("""{ "Apps": { "Shop": { "ServiceName": "shop" } } }""").Root.GetSection("Apps:Shop"));

        Assert.Equal("shop", OptionsOf(services).ServiceName);
    }

    [Theory]
    [InlineData("ModelEvent")]
    [InlineData("ModelsEvents")]
    [InlineData("Model_Events")]
    [InlineData("Events")]
    public void A_section_of_a_similar_name_is_told_in_place_of_the_missing_values(string name)
    {
        var mistakes = ConfiguredShop.MistakesOf($$"""{ "{{name}}": { "ServiceName": "shop", "Models": [] } }""");

        Assert.Equal(
            [
                $"The configuration has no section 'ModelEvents', which is the one that is read, but '{name}'. "
                + "Rename it to 'ModelEvents'.",
            ],
            mistakes);
    }

    [Fact]
    public void A_section_of_a_similar_name_is_told_where_the_list_is_empty()
    {
        var mistakes = ConfiguredShop.MistakesOf(
            """{ "ModelEvents": { "ServiceName": "shop" }, "ModelEvent": { "Models": [ { "Model": "Customer" } ] } }""");

        Assert.Equal(
            [
                "No model is listed: 'ModelEvents:Models' is empty, so that no change has an event. List a model, or set "
                + "'ModelEvents:AllowEmpty' to 'true' where none is meant. The section 'ModelEvent' is not read: rename it to "
                + "'ModelEvents' if the list is there.",
            ],
            mistakes);
    }

    [Fact]
    public void A_section_of_a_similar_name_that_is_about_something_else_is_left_alone()
    {
        var mistakes = ConfiguredShop.MistakesOf("""{ "Events": { "Level": "High" } }""");

        Assert.Equal(
            [
                "'ModelEvents:ServiceName' is empty. Set it to the name of this service, such as 'shop'.",
                "No model is listed: 'ModelEvents:Models' is empty, so that no change has an event. List a model, or set "
                + "'ModelEvents:AllowEmpty' to 'true' where none is meant.",
            ],
            mistakes);
    }

    [Fact]
    public void A_missing_section_leaves_the_defaults()
    {
        var options = Bind("{}");

        Assert.Equal(("", 4, 0), (options.ServiceName, options.Dispatcher.Workers, options.Models.Count));
        Assert.Empty(options.Mistakes);
    }

    [Theory]
    [InlineData("""{ "Modles": [] }""", "'ModelEvents:Modles' is not a known key. Did you mean 'Models'?")]
    [InlineData(
        """{ "Broker": { "Url": "amqp://x" } }""", "'ModelEvents:Broker:Url' is not a known key. Did you mean 'Uri'?")]
    [InlineData(
        """{ "Outbox": { "Partitions": 3 } }""",
        "'ModelEvents:Outbox:Partitions' is not a known key. "
        + "Known keys are 'Prepare', 'Schema', 'Table' and 'UndispatchedDatabases'.")]
    [InlineData(
        """{ "Models": [ { "Model": "A", "Serialiser": "S" } ] }""",
        "'ModelEvents:Models:0:Serialiser' is not a known key. Did you mean 'Serializer'?")]
    [InlineData(
        """{ "Models": [ { "Model": "A", "Prefix": "b" } ] }""",
        "'ModelEvents:Models:0:Prefix' is not a known key. Did you mean 'EventNamePrefix'?")]
    [InlineData(
        """{ "Json": { "WriteIndented": true } }""",
        "'ModelEvents:Json' is not a known key. Known keys are ")]
    public void An_unknown_key_is_told_with_the_nearest_one(string section, string mistake)
    {
        Assert.StartsWith(mistake, Assert.Single(MistakesOf(section)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{ "Unroutable": "Drop" }""", "'ModelEvents:Unroutable' is 'Drop', which is not allowed. Write 'Auto', 'Count' or 'Park'.")]
    [InlineData(
        """{ "PropertyNaming": "1" }""",
        "'ModelEvents:PropertyNaming' is '1', which is not allowed. Write 'SnakeCase', 'CamelCase' or 'None'.")]
    [InlineData(
        """{ "Dispatcher": { "Workers": "many" } }""",
        "'ModelEvents:Dispatcher:Workers' is 'many', which is not allowed. Write a whole number.")]
    [InlineData(
        """{ "Dispatcher": { "RetryDelay": "soon" } }""",
        "'ModelEvents:Dispatcher:RetryDelay' is 'soon', which is not allowed. Write a time span such as '00:00:15'.")]
    [InlineData(
        """{ "Broker": { "AutoDelete": "perhaps" } }""",
        "'ModelEvents:Broker:AutoDelete' is 'perhaps', which is not allowed. Write 'true' or 'false'.")]
    [InlineData(
        """{ "Broker": "amqp://user:secret@host" }""",
        "'ModelEvents:Broker' is a value, where an object belongs. Its keys are 'AutoDelete', 'Topology' and 'Uri'.")]
    [InlineData(
        """{ "Models": "Order" }""", "'ModelEvents:Models' is 'Order', where a list belongs. Put it in square brackets.")]
    [InlineData(
        """{ "ServiceName": [ "a", "b" ] }""",
        "'ModelEvents:ServiceName' is an object or a list, where a value belongs. Write a text.")]
    public void A_wrong_value_is_told_with_what_is_allowed(string section, string mistake)
    {
        Assert.Equal([mistake], MistakesOf(section));
    }

    private static IEnumerable<string> MistakesOf(string section) =>
        Bind($$"""{ "ModelEvents": {{section}} }""").Mistakes;

    private static ModelEventsOptions Bind(string json) => OptionsOf(ConfiguredShop.Services(json));

    private static ModelEventsOptions OptionsOf(ServiceCollection services) =>
        services.BuildServiceProvider().GetRequiredService<IOptions<ModelEventsOptions>>().Value;
}
