using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;
using ModelEvents.Capture;

namespace ModelEvents.Rules.Conditions;

/// <summary>A property of a model that rules can look at.</summary>
internal abstract class Field
{
    private readonly IProperty _property;
    private readonly FieldHome _home;
    private readonly ValueConverter? _converter;
    private readonly ValueComparer _comparer;
    private readonly bool _isCompared;
    private readonly ValueForm? _form;

    /// <param name="property">The property, possibly of a complex or owned type.</param>
    /// <param name="home">Where it is.</param>
    /// <param name="name">Its name, behind those of the properties that it is in.</param>
    /// <param name="slot">Its place among the model's fields.</param>
    /// <param name="isCompared">Whether it is compared as it is; else as it is stored.</param>
    protected Field(IProperty property, FieldHome home, string name, int slot, bool isCompared)
    {
        (_property, _home, Name, Slot, _isCompared) = (property, home, name, slot, isCompared);
        _converter = StoredValue.ConverterOf(property);
        _comparer = property.GetValueComparer();
        _form = ValueForms.Of(property, JsonSerializerOptions.Default) is not StoredForm and var form ? form : null;
        CanBeGenerated = property.ValueGenerated != ValueGenerated.Never || property.IsForeignKey();
    }

    public string Name { get; }

    public int Slot { get; }

    /// <summary>
    /// Whether the database may generate the value, or that of the key which it points to: then it is not known before the
    /// row is written.
    /// </summary>
    public bool CanBeGenerated { get; }

    public abstract ITestMaker Tests { get; }

    public bool IsPending(IUpdateEntry entry) => CanBeGenerated
        && Now(entry) is { } home
        && (home.IsStoreGenerated(_property) || home.HasTemporaryValue(_property));

    public object? Current(IUpdateEntry entry) => Comparable(Now(entry)?.GetCurrentValue(_property));

    public object? Original(IUpdateEntry entry) => Comparable(Before(entry)?.GetOriginalValue(_property));

    public bool AreEqual(IUpdateEntry entry) =>
        _comparer.Equals(Before(entry)?.GetOriginalValue(_property), Now(entry)?.GetCurrentValue(_property));

    /// <summary>Writes a value that <see cref="Current"/> or <see cref="Original"/> returned, as in the default body.</summary>
    public void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions json)
    {
        if (_form is not null)
            _form.WriteOrNull(writer, value);
        else
            JsonSerializer.Serialize(writer, _isCompared ? StoredValue.Convert(_converter, value) : value, json);
    }

    private IUpdateEntry? Before(IUpdateEntry entry) => _home.Find(entry, isBefore: true);

    private IUpdateEntry? Now(IUpdateEntry entry) => _home.Find(entry, isBefore: entry.EntityState == EntityState.Deleted);

    private object? Comparable(object? value) =>
        _isCompared || _form is not null ? value : StoredValue.Convert(_converter, value);
}
