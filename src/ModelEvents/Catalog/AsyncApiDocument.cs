using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>
/// Writes events as an AsyncAPI 3.0.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0):
/// a channel for each event's routing key, an operation that sends to it, and its message among the components.
/// </summary>
internal sealed partial class AsyncApiDocument(ModelEventsOptions options)
{
    private readonly AsyncApiBroker _broker = new(options.Broker);
    private readonly AsyncApiMessage _message = new(options.Envelope);

    public JsonObject Of(string service, string version, IReadOnlyList<CatalogEvent> events) => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = service,
            ["version"] = version,
            ["description"] = $"What '{service}' publishes when its models change, or by itself. An event is sent after "
                + "the change is committed, at least once, and in order for each instance of a model.",
        },
        ["defaultContentType"] = _message.ContentType,
        ["servers"] = new JsonObject { [AsyncApiBroker.Name] = _broker.Server() },
        ["channels"] = Map(events, KeyOf, Channel),
        ["operations"] = Map(events, KeyOf, Operation),
        ["components"] = new JsonObject
        {
            ["messages"] = Map(events, KeyOf, _message.Of),
            ["schemas"] = Map(
                events.DistinctBy(AsyncApiMessage.SchemaKeyOf), AsyncApiMessage.SchemaKeyOf, AsyncApiMessage.Body),
        },
    };

    /// <summary>An event's key in the document, where only some letters may be.</summary>
    private static string KeyOf(CatalogEvent known) => Key($"{known.Service}.{known.Name}");

    internal static string Key(string name) => NotInKeys().Replace(name, "_");

    private JsonObject Channel(CatalogEvent known)
    {
        var channel = new JsonObject
        {
            ["address"] = known.Name,
            ["description"] = known.Description,
            ["servers"] = new JsonArray(Reference("servers", AsyncApiBroker.Name)),
            ["messages"] = new JsonObject { [Key(known.Name)] = Reference("components", "messages", KeyOf(known)) },
            ["bindings"] = Amqp(_broker.Exchange(EventNames.ExchangeOf(known.Service))),
        };

        if (known.Placeholder is { } placeholder)
        {
            var meaning = placeholder == CatalogEvent.StatusPlaceholder ? $"The status of {known.Model}." : "The rule's name.";
            channel["parameters"] = new JsonObject
            {
                [placeholder.Trim('{', '}')] = new JsonObject { ["description"] = meaning },
            };
        }

        return channel;
    }

    private static JsonObject Operation(CatalogEvent known) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference("channels", KeyOf(known)),
        ["messages"] = new JsonArray(Reference("channels", KeyOf(known), "messages", Key(known.Name))),
        ["bindings"] = Amqp(new JsonObject { ["deliveryMode"] = 2, ["mandatory"] = true, ["timestamp"] = true }),
    };

    private static JsonObject Map(
        IEnumerable<CatalogEvent> events, Func<CatalogEvent, string> keyOf, Func<CatalogEvent, JsonObject> valueOf)
    {
        var map = new JsonObject();
        foreach (var known in events)
            map[keyOf(known)] = valueOf(known);
        return map;
    }

    internal static JsonObject Amqp(JsonObject binding)
    {
        binding["bindingVersion"] = "0.3.0";
        return new JsonObject { ["amqp"] = binding };
    }

    internal static JsonObject Reference(params string[] path) => new() { ["$ref"] = $"#/{string.Join('/', path)}" };

    [GeneratedRegex(@"[^A-Za-z0-9._\-]")]
    private static partial Regex NotInKeys();
}
