using System.Text.Json;
using ModelEvents.Configuration;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules;

/// <summary>A change as rules see it. Valid only while the rule is asked.</summary>
public sealed class TriggerChange
{
    internal TriggerChange(ChangeValues values, string key, JsonSerializerOptions json) =>
        (Values, Key, Json) = (values, key, json);

    /// <summary>The full name of the listed model.</summary>
    public string Model => Values.Fields.Listed.Name;

    /// <summary>The instance's key, as in <see cref="ModelEvent.Key"/>.</summary>
    public string Key { get; }

    /// <summary>What happened to the instance.</summary>
    public ChangeAction Action => Values.Action;

    /// <summary>
    /// Whether there was an instance before, and its values are known: not those of one that was attached with
    /// <c>Update()</c>.
    /// </summary>
    public bool IsBeforeKnown => Values.HasBefore;

    internal ChangeValues Values { get; }

    /// <summary>How values are written.</summary>
    internal JsonSerializerOptions Json { get; }

    /// <summary>
    /// The value of a property before the change; <see langword="null"/> also where it is not known. As in C#, but for types
    /// of your own with a value converter, whose stored value it is.
    /// </summary>
    /// <param name="property">The name of a mapped scalar property, with dots for complex and owned ones, without regard to case.</param>
    /// <exception cref="ArgumentException">The model has no such property.</exception>
    public object? Before(string property) => Values.TryBefore(Find(property).Slot, out var value) ? value : null;

    /// <summary>The value of a property after the change; of a deleted instance the last one.</summary>
    /// <inheritdoc cref="Before"/>
    public object? After(string property) => Values.Now(Find(property).Slot);

    /// <summary>Whether an update has changed the property, as far as that is known.</summary>
    /// <inheritdoc cref="Before"/>
    public bool HasChanged(string property) => Values.HasChanged(Find(property).Slot);

    /// <summary>The field's name as it is written in bodies.</summary>
    internal string NameOf(Field field) => string.Join(
        '.', field.Name.Split('.').Select(part => Json.PropertyNamingPolicy?.ConvertName(part) ?? part));

    private Field Find(string property) => Values.Fields.Find(property) is [var found]
        ? found
        : throw new ArgumentException(
            $"'{property}' is not the name of one field of '{Model}'. "
            + Nearest.Hint(property, Values.Fields.All.Select(field => field.Name), "Its fields are"),
            nameof(property));
}
