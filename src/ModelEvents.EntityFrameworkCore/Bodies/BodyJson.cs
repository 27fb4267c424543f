using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelEvents.Serialization;

namespace ModelEvents.Bodies;

/// <summary>How bodies are written.</summary>
internal static class BodyJson
{
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static JsonWriterOptions WriterOptions => BodySerializer.WriterOptions;

    /// <summary>Options for the values of default bodies; a number that JSON lacks (NaN) becomes a string.</summary>
    public static JsonSerializerOptions ForValues(ModelEventsOptions options, PropertyNaming naming)
    {
        var json = new JsonSerializerOptions(BodySerializer.JsonFor(options, naming))
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        json.MakeReadOnly(populateMissingResolver: true);
        return json;
    }
}
