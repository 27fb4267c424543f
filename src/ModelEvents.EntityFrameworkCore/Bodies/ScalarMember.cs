using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Bodies;

/// <summary>A property whose value is stored as it is; read from the entry without boxing.</summary>
internal sealed class ScalarMember<T>(string name, IProperty property, JsonSerializerOptions json) : BodyMember(name)
{
    private readonly JsonTypeInfo<T> _json = (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T));

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        JsonSerializer.Serialize(writer, source.Entry.GetCurrentValue<T>(property), _json);
    }
}
