using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Options;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Bodies;

/// <summary>Chooses how a listed model's body is written: by its serializer, or as the default body.</summary>
internal sealed class BodyWriters(IOptions<ModelEventsOptions> options)
{
    private readonly Lazy<JsonSerializerOptions> _json =
        new(() => BodyJson.ForValues(options.Value, options.Value.PropertyNaming));

    /// <summary>What is wrong with the first of these properties that has no form in JSON, and what to do.</summary>
    public string? WhyNotWritten(IEnumerable<IProperty> properties) =>
        properties.FirstOrDefault(property => ValueForms.Of(property, _json.Value) is null) is { } property
            ? ValueForms.NoForm(property)
            : null;

    /// <summary>How bodies call a member.</summary>
    public string NameOf(string member) => new PropertyNames(_json.Value.PropertyNamingPolicy).Of(member);

    public JsonSerializerOptions JsonFor(ModelList list) => BodyJson.ForValues(options.Value, list.PropertyNaming);

    public static IBodyWriter For(ListedModel listed, IEntityType type, PropertyNames names, JsonSerializerOptions json) =>
        listed.Serializer is { } serializer
            ? new SerializerBody(serializer)
            : listed.NameStyle == NameStyle.Dotted
                ? new DefaultBodyFactory(names, json).CreateIdentity(listed, type)
                : new DefaultBodyFactory(names, json).Create(listed, type);

    /// <summary>The body of an instance of which only the key is known.</summary>
    public static IBodyWriter KeyOf(ListedModel listed, IEntityType type, PropertyNames names, JsonSerializerOptions json) =>
        listed is { NameStyle: NameStyle.Dotted, Serializer: null }
            ? new DefaultBodyFactory(names, json).CreateIdentity(listed, type)
            : new DefaultBodyFactory(names, json).CreateKey(type);
}
