using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>
/// Reads a key from an entry as it is stored. As text it is the value in invariant form; a composite key is a JSON array.
/// </summary>
internal sealed class EntityKey
{
    private readonly IProperty[] _properties;
    private readonly ValueConverter?[] _converters;
    private readonly ValueForm?[] _forms;
    private readonly Func<IUpdateEntry, string>? _text;

    public EntityKey(IReadOnlyList<IProperty> properties)
    {
        _properties = [.. properties];
        _converters = [.. properties.Select(StoredValue.ConverterOf)];
        _forms = [.. properties.Select(FormOf)];
        _text = _converters is [null] ? PlainText(_properties[0]) : null;
    }

    public string Text(IUpdateEntry entry) =>
        _text?.Invoke(entry) ?? (_properties.Length == 1 ? TextOf(Value(entry, 0)) : Text(Values(entry)));

    /// <summary>The key whose stored values are given.</summary>
    public static string Text(object?[] stored) =>
        stored.Length == 1 ? TextOf(stored[0]) : JsonSerializer.Serialize(stored);

    /// <summary>How a value that JSON has not is written as text, in a key; <see langword="null"/> where JSON has it.</summary>
    public static ValueForm? FormOf(IProperty property) => ValueForms.Get(property, JsonSerializerOptions.Default) switch
    {
        StoredForm => null,
        { } form => form,
    };

    /// <summary>Writes the key as a JSON value, or as an array where it is composite.</summary>
    public void Write(Utf8JsonWriter writer, IUpdateEntry entry, JsonSerializerOptions options)
    {
        if (_properties.Length == 1)
            JsonSerializer.Serialize(writer, Value(entry, 0), options);
        else
            JsonSerializer.Serialize(writer, Values(entry), options);
    }

    /// <summary>The JSON Schema of what <see cref="Write"/> writes.</summary>
    public JsonObject Describe(JsonSerializerOptions options)
    {
        var parts = _properties.Select((property, index) => _forms[index]?.Describe()
            ?? StoredValue.Describe(property.ClrType, _converters[index], options));
        if (_properties.Length == 1)
            return parts.Single();

        return new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["anyOf"] = new JsonArray([.. parts]) },
            ["minItems"] = _properties.Length,
            ["maxItems"] = _properties.Length,
        };
    }

    /// <summary>The commonest keys, read without boxing.</summary>
    private static Func<IUpdateEntry, string>? PlainText(IProperty property)
    {
        if (property.ClrType == typeof(Guid))
            return entry => entry.GetCurrentValue<Guid>(property).ToString();
        if (property.ClrType == typeof(long))
            return entry => entry.GetCurrentValue<long>(property).ToString(CultureInfo.InvariantCulture);
        return property.ClrType == typeof(int)
            ? entry => entry.GetCurrentValue<int>(property).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private object?[] Values(IUpdateEntry entry) => [.. _properties.Select((_, index) => Value(entry, index))];

    private object? Value(IUpdateEntry entry, int index) =>
        entry.GetCurrentValue(_properties[index]) is { } value && _forms[index] is { } form
            ? form.Text(value)
            : StoredValue.Convert(_converters[index], entry.GetCurrentValue(_properties[index]));

    private static string TextOf(object? value) => value switch
    {
        string text => text,
        DateTime or DateTimeOffset or DateOnly or TimeOnly =>
            ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
