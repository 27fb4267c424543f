using System.Text.Json.Nodes;
using ModelEvents.Publishing;

namespace ModelEvents.Catalog;

/// <summary>The messages and their payloads in an AsyncAPI document.</summary>
internal sealed class AsyncApiMessage(EventEnvelope envelope)
{
    private bool IsWrapped => envelope == EventEnvelope.CloudEvents;

    public string ContentType => WireMessage.ContentTypeOf(envelope);

    public JsonObject Of(CatalogEvent known)
    {
        var body = AsyncApiDocument.Reference("components", "schemas", SchemaKeyOf(known));
        return new JsonObject
        {
            ["name"] = known.Name,
            ["summary"] = known.Description,
            ["contentType"] = ContentType,
            ["correlationId"] = CorrelationId(),
            ["headers"] = Headers(known),
            ["payload"] = IsWrapped ? CloudEventSchema.Of(known, body) : body,
            ["bindings"] = AsyncApiDocument.Amqp(Binding(known)),
        };
    }

    /// <summary>The events of a model have one body, and each own event has its own.</summary>
    public static string SchemaKeyOf(CatalogEvent known) =>
        AsyncApiDocument.Key(known.Model.Length > 0 ? known.Model : known.Name);

    public static JsonObject Body(CatalogEvent known) =>
        SchemaReferences.Move(JsonObject.Create(known.BodySchema.Clone())!, $"/components/schemas/{SchemaKeyOf(known)}");

    private JsonObject CorrelationId() => new()
    {
        ["description"] = "The event's id, a UUID of version 7: the AMQP property 'message_id', the same on every redelivery.",
        ["location"] = IsWrapped ? "$message.payload#/id" : "$message.header#/message_id",
    };

    private static JsonObject Headers(CatalogEvent known)
    {
        var properties = new JsonObject();
        foreach (var header in known.Headers)
            properties[header.Name] = Header(header);

        var required = known.Headers.Where(header => !header.IsOptional).Select(header => (JsonNode)header.Name);
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. required]),
        };
    }

    private static JsonObject Header(CatalogHeader header)
    {
        var schema = new JsonObject { ["type"] = header.Type, ["description"] = header.Meaning };
        if (header.Values.Count > 0)
            schema["enum"] = new JsonArray([.. header.Values.Select(value => (JsonNode)value)]);
        return schema;
    }

    private static JsonObject Binding(CatalogEvent known)
    {
        var binding = new JsonObject { ["contentEncoding"] = "utf-8" };
        if (!known.IsTemplate)
            binding["messageType"] = known.Name;
        return binding;
    }
}
