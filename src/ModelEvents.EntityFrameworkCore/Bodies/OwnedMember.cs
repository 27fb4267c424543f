using System.Collections;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

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

    private void WriteOne(Utf8JsonWriter writer, in BodySource source, object? instance)
    {
        if (instance is not null
            && TrackedEntries.Find(source.Context, instance, navigation.TargetEntityType) is { } entry)
            _body.Write(writer, source with { Entry = entry });
        else
            writer.WriteNullValue();
    }
}
