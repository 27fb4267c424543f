using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>An owned type, nested as an object, or as an array of objects where the owner has several.</summary>
internal sealed class OwnedMember(string name, INavigation navigation, IReadOnlyList<BodyMember> members)
    : BodyMember(name)
{
    private readonly DefaultBody _body = new(members);

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        var value = source.Entry.GetCurrentValue(navigation);
        if (!navigation.IsCollection)
        {
            WriteOne(writer, source, value);
            return;
        }

        writer.WriteStartArray();
        foreach (var instance in (IEnumerable?)value ?? Array.Empty<object>())
            WriteOne(writer, source, instance);
        writer.WriteEndArray();
    }

    public override JsonObject Describe()
    {
        if (navigation.IsCollection)
        {
            return new JsonObject
            {
                ["type"] = "array",
                ["items"] = SchemaReferences.Move(_body.Describe(), "/items"),
            };
        }

        return navigation.ForeignKey.IsRequiredDependent ? _body.Describe() : SchemaNull.Allow(_body.Describe());
    }

    private void WriteOne(Utf8JsonWriter writer, in BodySource source, object? instance)
    {
        var isDetached = source.IsDetached || source.Action == ChangeAction.Deleted;
        if (instance is not null
            && TrackedEntries.FindOwned(source.Context, instance, navigation.TargetEntityType, isDetached) is { } entry)
            _body.Write(writer, source with { Entry = entry });
        else
            writer.WriteNullValue();
    }
}
