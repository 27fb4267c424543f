using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>The JSON Schema of an event in the envelope that <see cref="Publishing.CloudEvent"/> writes.</summary>
internal static class CloudEventSchema
{
    public static JsonObject Of(CatalogEvent known, JsonObject body) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["specversion"] = Constant("1.0"),
            ["id"] = Text("The event's id.", "uuid"),
            ["source"] = Constant(Uri.EscapeDataString(known.Service)),
            ["type"] = known.IsTemplate ? Text("The event's name.") : Constant(known.Name),
            ["subject"] = Text("The instance's key; left out where it is empty."),
            ["time"] = Text("When the change was captured.", "date-time"),
            ["datacontenttype"] = Constant("application/json"),
            [EventHeaders.TraceParent] = Text("The W3C trace context of the change."),
            ["data"] = body,
        },
        ["required"] = new JsonArray("specversion", "id", "source", "type", "time", "datacontenttype", "data"),
    };

    private static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value };

    private static JsonObject Text(string meaning, string? format = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["description"] = meaning };
        if (format is not null)
            schema["format"] = format;
        return schema;
    }
}
