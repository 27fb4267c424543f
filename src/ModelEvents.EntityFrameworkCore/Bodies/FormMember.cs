using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>A property whose values are written in a form that is not their own.</summary>
internal sealed class FormMember(string name, IProperty property, ValueForm form) : BodyMember(name)
{
    public override IProperty Property => property;

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        form.WriteOrNull(writer, source.ValueOf(property));
    }

    public override JsonObject Describe() =>
        property.IsNullable ? SchemaNull.Allow(form.Describe()) : form.Describe();
}
