using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>
/// A many-to-many link as the list of the other side's keys. Left out where the navigation was not loaded, so that a
/// missing list means "not known" and an empty one means "none".
/// </summary>
internal sealed class LinksMember(
    string name, ISkipNavigation navigation, EntityKey otherKey, JsonSerializerOptions json) : BodyMember(name)
{
    public override bool IsAlwaysWritten => false;

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        var isComplete = source.Action == ChangeAction.Created
            || source.Entry.ToEntityEntry().Collection(navigation).IsLoaded;
        // What was made of a row has no place for links that are no property of the class.
        if (!isComplete || (source.IsDetached && navigation.IsShadowProperty()))
            return;

        writer.WriteStartArray(Name);
        foreach (var other in (IEnumerable?)source.Entry.GetCurrentValue(navigation) ?? Array.Empty<object>())
        {
            if (TrackedEntries.Find(source.Context, other) is { } entry)
                otherKey.Write(writer, entry, json);
        }

        writer.WriteEndArray();
    }

    public override JsonObject Describe() => new()
    {
        ["type"] = "array",
        ["items"] = SchemaReferences.Move(otherKey.Describe(json), "/items"),
        ["description"] = $"Keys of linked {navigation.TargetEntityType.DisplayName()}; left out where they were not loaded.",
    };
}
