using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>A complex property, nested as an object, or null where it is optional and has no value.</summary>
internal sealed class ComplexMember(string name, IComplexProperty property, IEnumerable<BodyMember> members)
    : BodyMember(name)
{
    private readonly DefaultBody _body = new([.. members]);

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        if (property.IsNullable && source.Entry.GetCurrentValue(property) is null)
        {
            writer.WriteNull(Name);
            return;
        }

        writer.WritePropertyName(Name);
        _body.Write(writer, source);
    }

    public override JsonObject Describe() =>
        property.IsNullable ? SchemaNull.Allow(_body.Describe()) : _body.Describe();
}
