using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Rules.Conditions;

/// <summary>A property of a model that rules can look at.</summary>
internal abstract class Field
{
    private readonly IProperty _property;
    private readonly ValueConverter? _converter;
    private readonly ValueComparer _comparer;
    private readonly bool _isCompared;

    /// <param name="property">The property, possibly of a complex type.</param>
    /// <param name="name">Its name, behind those of the complex properties that it is in.</param>
    /// <param name="slot">Its place among the model's fields.</param>
    /// <param name="isCompared">Whether it is compared as it is; else as it is stored.</param>
    protected Field(IProperty property, string name, int slot, bool isCompared)
    {
        (_property, Name, Slot, _isCompared) = (property, name, slot, isCompared);
        _converter = StoredValue.ConverterOf(property);
        _comparer = property.GetValueComparer();
        CanBeGenerated = property.ValueGenerated != ValueGenerated.Never;
    }

    public string Name { get; }

    public int Slot { get; }

    /// <summary>Whether the database may generate the value, so that it is not known before the row is written.</summary>
    public bool CanBeGenerated { get; }

    public abstract ITestMaker Tests { get; }

    public bool IsPending(IUpdateEntry entry) => CanBeGenerated && entry.IsStoreGenerated(_property);

    public bool IsModified(IUpdateEntry entry) => entry.IsModified(_property);

    public object? Current(IUpdateEntry entry) => Comparable(entry.GetCurrentValue(_property));

    public object? Original(IUpdateEntry entry) => Comparable(entry.GetOriginalValue(_property));

    public bool AreEqual(IUpdateEntry entry) =>
        _comparer.Equals(entry.GetOriginalValue(_property), entry.GetCurrentValue(_property));

    /// <summary>Writes a value that <see cref="Current"/> or <see cref="Original"/> returned, as in the default body.</summary>
    public void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions json) =>
        JsonSerializer.Serialize(writer, _isCompared ? StoredValue.Convert(_converter, value) : value, json);

    private object? Comparable(object? value) => _isCompared ? value : StoredValue.Convert(_converter, value);
}
