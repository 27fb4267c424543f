using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>A property whose value is stored as it is; read from the entry without boxing.</summary>
internal sealed class ScalarMember<T> : BodyMember
{
    private readonly IProperty _property;
    private readonly JsonTypeInfo<T> _json;
    private readonly JsonConverter<T>? _converter;

    public ScalarMember(string name, IProperty property, JsonSerializerOptions json)
        : base(name)
    {
        _property = property;
        _json = (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T));
        // Asked directly a converter is several times faster, but does not know how to write numbers that JSON lacks.
        var number = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        _converter = number == typeof(double) || number == typeof(float) ? null : (JsonConverter<T>)_json.Converter;
    }

    public override IProperty Property => _property;

    /// <summary>A converter of the user's might not write a number as the database does.</summary>
    public override bool CanBePending =>
        PendingValues.CanBe(typeof(T)) && _converter?.GetType().Assembly == typeof(JsonConverter).Assembly;

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        if (source.Pending?.Write(writer, _property) == true)
            return;

        var value = source.ValueOf<T>(_property);
        if (value is null)
            writer.WriteNullValue();
        else if (_converter is null)
            JsonSerializer.Serialize(writer, value, _json);
        else
            _converter.Write(writer, value, _json.Options);
    }

    public override JsonObject Describe()
    {
        var schema = StoredValue.Describe(typeof(T), converter: null, _json.Options);
        return _property.IsNullable ? SchemaNull.Allow(schema) : schema;
    }
}
