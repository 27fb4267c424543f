using System.Buffers;
using System.Text;
using System.Text.Json;
using ModelEvents.Bodies;
using ModelEvents.Models;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.Raising;

/// <summary>
/// Makes the row and the event of a rule that was met. The event follows its change: it has the same model, key, service and
/// headers.
/// </summary>
internal sealed class RaisedEventFactory(ModelListProvider lists, BodyWriters bodies)
{
    private volatile Writing? _writing;

    /// <summary>How values are written, which is as in the default body.</summary>
    public JsonSerializerOptions Json
    {
        get
        {
            var list = lists.Current;
            var writing = _writing;
            if (writing is null || !ReferenceEquals(writing.List, list))
                _writing = writing = new Writing(list, bodies.JsonFor(list));
            return writing.Json;
        }
    }

    /// <summary>Of a rule that a change has met.</summary>
    /// <param name="met">The rule.</param>
    /// <param name="change">The change.</param>
    /// <param name="made">The change's own event.</param>
    public RaisedEvent Create(RaisedRule met, TriggerChange change, ModelEvent made)
    {
        var rule = met.Rule.Rule;
        var row = NewRow(met.Id, rule.Type, rule, Describe(met, change), made.OccurredAt);
        return new RaisedEvent(row, made with
        {
            Id = met.Id,
            Name = RuleEventName.Of(rule.Name, met.Values.Fields.Listed.NameStyle),
            Body = Body(row, rule, made.Body),
        });
    }

    public static TriggerEvent NewRow(
        Guid id, string type, TriggerRule? rule, string description, DateTimeOffset occurred) => new()
        {
            Id = id,
            Type = type,
            RuleId = rule?.Id,
            Description = description,
            Occurred = occurred,
        };

    public static byte[] Body(TriggerEvent row, TriggerRule rule, ReadOnlyMemory<byte>? change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, BodyJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id", row.Id);
        json.WriteString("type", row.Type);
        json.WriteStartObject("rule");
        json.WriteString("id", rule.Id);
        json.WriteString("name", rule.Name);
        json.WriteEndObject();
        json.WriteString("occurred", row.Occurred);
        json.WritePropertyName("description");
        json.WriteRawValue(row.Description, skipInputValidation: true);
        if (change is { } body)
        {
            json.WritePropertyName("change");
            json.WriteRawValue(body.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private string Describe(RaisedRule met, TriggerChange change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, BodyJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model", change.Model);
        json.WriteString("key", change.Key);
        json.WriteString("action", EventNames.Word(change.Action));
        if (met.Rule.Condition is ChangeCondition builtIn)
            builtIn.WriteFields(json, change);
        else if (met.Rule.Condition.Describe(change) is { } more)
            WriteProperties(json, more);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteProperties(Utf8JsonWriter json, object more)
    {
        var properties = JsonSerializer.SerializeToElement(more, Json);
        foreach (var property in properties.EnumerateObject())
            property.WriteTo(json);
    }

    private sealed record Writing(ModelList List, JsonSerializerOptions Json);
}
