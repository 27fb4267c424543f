using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using ModelEvents.Configuration;

namespace ModelEvents.Tests.Configuration;

public sealed class SchemaTests
{
    private static readonly JsonNode Definitions = ConfigFile.Json("modelevents.schema.json")["definitions"]!;

    public static TheoryData<string, Type> Objects => new()
    {
        { "modelEvents", typeof(ModelEventsOptions) },
        { "model", typeof(ModelOptions) },
        { "broker", typeof(BrokerOptions) },
        { "outbox", typeof(OutboxTableOptions) },
        { "wal", typeof(WalOptions) },
        { "direct", typeof(DirectOptions) },
        { "dispatcher", typeof(DispatcherOptions) },
        { "handlers", typeof(HandlersOptions) },
        { "handler", typeof(HandlerOptions) },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void The_schema_has_the_properties_of_the_options(string definition, Type options)
    {
        Assert.Equal(
            SectionBinder.KeysOf(options).Keys.Order(StringComparer.Ordinal),
            PropertiesOf(definition).Select(property => property.Key).Order(StringComparer.Ordinal));

        // Only handlers have keys that the user chooses.
        var others = Definitions[definition]!["additionalProperties"]!;
        Assert.Equal(
            options == typeof(HandlersOptions) ? "#/definitions/handler" : "false",
            others is JsonObject named ? $"{named["$ref"]}" : others.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void The_schema_has_the_members_of_the_enums(string definition, Type options)
    {
        foreach (var (name, property) in SectionBinder.KeysOf(options))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType);
            string?[]? members = (type ?? property.PropertyType).IsEnum
                ? [.. Enum.GetNames(type ?? property.PropertyType), .. type is null ? [] : new string?[] { null }]
                : null;

            Assert.Equal(members, PropertiesOf(definition)[name]!["enum"]?.AsArray().Select(member => (string?)member));
        }
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void The_schema_has_the_defaults_of_the_options(string definition, Type options)
    {
        var defaults = Activator.CreateInstance(options);
        foreach (var (name, property) in SectionBinder.KeysOf(options))
        {
            var schema = PropertiesOf(definition)[name]!.AsObject();
            var isNested = schema.ContainsKey("allOf");

            Assert.Equal(!isNested, schema.ContainsKey("default"));
            Assert.Equal(isNested ? null : TextOf(property, defaults), schema["default"]?.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void The_schema_describes_every_property(string definition, Type options)
    {
        Assert.All(
            SectionBinder.KeysOf(options).Keys,
            name => Assert.NotEmpty(PropertiesOf(definition)[name]!["description"]!.GetValue<string>()));
    }

    private static JsonObject PropertiesOf(string definition) => Definitions[definition]!["properties"]!.AsObject();

    private static string? TextOf(PropertyInfo property, object? defaults) => property.GetValue(defaults) switch
    {
        bool flag => flag ? "true" : "false",
        string or ValueType => Convert.ToString(property.GetValue(defaults), CultureInfo.InvariantCulture),
        null => null,
        _ => "[]",
    };
}
