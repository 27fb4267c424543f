using System.Diagnostics;
using System.Text.Json;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Rules.Raising;

/// <summary>Makes the row of a trigger event that code creates and, where it is of a rule, the event to publish.</summary>
internal sealed class FiredEventFactory(ModelListProvider lists, RaisedEventFactory raised, TimeProvider time)
{
    public (TriggerEvent Row, ModelEvent? Published) Create(
        string type, TriggerRule? rule, object? description, DateTimeOffset? occurred)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Length, TriggerRule.MaxTypeLength, nameof(type));
        var row = RaisedEventFactory.NewRow(
            new EventIds(time).Next(), type, rule, Describe(description), occurred?.ToUniversalTime() ?? time.GetUtcNow());
        var isSilent = rule is null || (ChangeFilters.Any && ChangeFilters.ExcludesOwn(lists));
        return (row, isSilent ? null : EventOf(row, rule!));
    }

    private ModelEvent EventOf(TriggerEvent row, TriggerRule rule)
    {
        var list = lists.Current;
        return new ModelEvent
        {
            Id = row.Id,
            Name = RuleEventName.Of(rule.Name, list.NameStyle),
            Service = list.ServiceName,
            Model = "",
            Key = rule.Id.ToString(),
            Body = RaisedEventFactory.Body(row, rule, change: null),
            Headers = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }
                ? new Dictionary<string, string> { [EventHeaders.TraceParent] = id }
                : [],
            OccurredAt = row.Occurred,
        };
    }

    private string Describe(object? description)
    {
        if (description is null)
            return "{}";

        var json = JsonSerializer.SerializeToElement(description, raised.Json);
        return json.ValueKind == JsonValueKind.Object
            ? json.GetRawText()
            : throw new ArgumentException(
                $"The description is '{json.GetRawText()}', which is no JSON object. Describe the event by an object.",
                nameof(description));
    }
}
