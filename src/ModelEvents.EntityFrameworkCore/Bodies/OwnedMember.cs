using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>
/// An owned type, nested as an object, or as an array of objects where the owner has several. Left out where it is in a table
/// of its own and all that is known are the owner's rows in the log.
/// </summary>
internal sealed class OwnedMember(string name, INavigation navigation, IReadOnlyList<BodyMember> members, bool isLogged)
    : BodyMember(name)
{
    private readonly DefaultBody _body = new(members);
    private readonly bool _isElsewhere = isLogged && IsElsewhere(navigation);

    public override bool IsAlwaysWritten => !_isElsewhere;

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        if (_isElsewhere && source.IsRowAlone)
            return;

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

    private static bool IsElsewhere(INavigation navigation)
    {
        var owned = navigation.TargetEntityType;
        return !owned.IsMappedToJson() && !navigation.DeclaringEntityType.GetAllBaseTypesInclusive()
            .Any(owner => (owner.GetTableName(), owner.GetSchema()) == (owned.GetTableName(), owned.GetSchema()));
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
