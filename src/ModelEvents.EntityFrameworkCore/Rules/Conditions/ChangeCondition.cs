using System.Text.Json;

namespace ModelEvents.Rules.Conditions;

/// <summary>What a rule of the type <see cref="TriggerRuleTypes.Change"/> asks of a change.</summary>
/// <param name="fields">The fields of its model.</param>
/// <param name="actions">The actions that count, one bit each.</param>
/// <param name="condition">What must be true of the values, if anything.</param>
/// <param name="used">The fields that the condition looks at.</param>
internal sealed class ChangeCondition(FieldTable fields, int actions, Condition? condition, IReadOnlySet<Field> used)
    : ITriggerCondition
{
    private readonly int[] _generated = [.. used.Where(field => field.CanBeGenerated).Select(field => field.Slot)];
    private readonly Field[] _used = [.. used.OrderBy(field => field.Slot)];

    public string Model => fields.Listed.Name;

    /// <summary>As those of the condition.</summary>
    public IReadOnlyList<IReadOnlyList<Guard>> Guards => condition?.Guards ?? [];

    /// <summary>Whether the change meets it, as far as that can be told before the database has generated its values.</summary>
    public Verdict Judge(ChangeValues values)
    {
        if ((actions & BitOf(values.Action)) == 0)
            return Verdict.NotMet;

        foreach (var slot in _generated)
        {
            if (values.IsPending(slot))
                return Verdict.Undecided;
        }

        return condition?.IsMet(values) == false ? Verdict.NotMet : Verdict.Met;
    }

    public bool IsMet(TriggerChange change) =>
        (actions & BitOf(change.Values.Action)) != 0 && condition?.IsMet(change.Values) != false;

    public static int BitOf(ChangeAction action) => 1 << (int)action;

    /// <summary>The values of the fields that the rule looks at, before and after the change.</summary>
    public void WriteFields(Utf8JsonWriter json, TriggerChange change)
    {
        json.WriteStartObject("fields");
        foreach (var field in _used)
        {
            json.WriteStartObject(change.NameOf(field));
            if (change.Values.TryBefore(field.Slot, out var before))
                Write("before", before);
            if (change.Action != ChangeAction.Deleted)
                Write("after", change.Values.Now(field.Slot));
            json.WriteEndObject();

            void Write(string name, object? value)
            {
                json.WritePropertyName(name);
                field.Write(json, value, change.Json);
            }
        }

        json.WriteEndObject();
    }
}
