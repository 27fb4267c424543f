using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>A collection of complex values, which have no entries that the body could be read from: a list of objects.</summary>
internal sealed class ComplexListMember(string name, IComplexProperty property, PropertyNames names, JsonSerializerOptions json)
    : BodyMember(name)
{
    private readonly ComplexValue _element = new(property.ComplexType, names, json);

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        _element.WriteAll(writer, source.ValueOf(property));
    }

    public override JsonObject Describe()
    {
        var schema = _element.DescribeAll();
        return property.IsNullable ? SchemaNull.Allow(schema) : schema;
    }
}
