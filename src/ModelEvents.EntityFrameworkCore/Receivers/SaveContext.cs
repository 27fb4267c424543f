using ModelEvents.Receivers;

namespace ModelEvents;

/// <summary>What a receiver is told about an insert or update.</summary>
public sealed class SaveContext : ReceiverContext
{
    private readonly Func<IReadOnlyList<ChangedProperty>> _changed;

    internal SaveContext(ReceivedSave save, bool created, Func<IReadOnlyList<ChangedProperty>> changed)
        : base(save) =>
        (Created, _changed) = (created, changed);

    /// <summary>Whether the instance is new: inserted rather than updated.</summary>
    public bool Created { get; }

    /// <summary>
    /// What an update changes, with the values before and after, those inside of owned and complex types included; empty for
    /// an insert. Before the save it is what has changed so far. For an instance that was attached with <c>Update()</c> the
    /// values before are not known: all properties are told, with equal values.
    /// </summary>
    public IReadOnlyList<ChangedProperty> ChangedProperties => _changed();

    /// <summary>Whether an update changes the property, or something inside of it.</summary>
    /// <param name="property">The name in C#, such as <c>nameof(Order.Status)</c>.</param>
    public bool HasChanged(string property) => ChangedProperties.Any(changed => changed.IsOrIsIn(property));
}
