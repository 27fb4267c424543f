using System.Text.Json;

namespace ModelEvents.Catalog;

/// <summary>An event that the service can publish.</summary>
public sealed record CatalogEvent
{
    /// <summary>What stands for the status in the name of a template.</summary>
    public const string StatusPlaceholder = "{status}";

    /// <summary>What stands for the rule's name in the template of the events that rules raise.</summary>
    public const string RulePlaceholder = "{rule}";

    /// <summary>
    /// The event's name, such as <c>order__created</c>, or a template such as <c>order__{status}</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>
    /// Whether <see cref="Name"/> is a template: the status field's type, text or a number for example, does not say
    /// which values there are, nor does the program which rules.
    /// </summary>
    public bool IsTemplate => Placeholder is not null;

    /// <summary>The service that publishes it; its exchange is <c>&lt;service&gt;.events</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The full name of the listed model; empty for own events and those of rules, which are of no one model.</summary>
    public required string Model { get; init; }

    /// <summary>What may have happened to the instance when an event has this name; nothing for an own event.</summary>
    public required IReadOnlyList<ChangeAction> Actions { get; init; }

    /// <summary>The headers on the wire.</summary>
    public required IReadOnlyList<CatalogHeader> Headers { get; init; }

    /// <summary>
    /// The JSON Schema of the body, valid in draft-07 and in draft 2020-12. Without constraints where a serializer's
    /// result type is not known (<see cref="IModelSerializer{TModel, TBody}"/> tells it), nor that of an own event
    /// (<see cref="EventName.Declare{TBody}(string, string)"/> tells it). Where the program changes or
    /// deletes an instance that it never loaded, the values that it did not set may be null against the schema.
    /// </summary>
    public required JsonElement BodySchema { get; init; }

    /// <summary>When the event is published, for a reader.</summary>
    public required string Description { get; init; }

    /// <summary>What stands at the name's end for something else, if it is a template.</summary>
    internal string? Placeholder =>
        Name.EndsWith(StatusPlaceholder, StringComparison.Ordinal) ? StatusPlaceholder
        : Name.EndsWith(RulePlaceholder, StringComparison.Ordinal) ? RulePlaceholder
        : null;

    internal bool Is(string name) =>
        Placeholder is { } placeholder
            ? name.Length > Name.Length - placeholder.Length
                && name.StartsWith(Name[..^placeholder.Length], StringComparison.Ordinal)
            : name == Name;
}
