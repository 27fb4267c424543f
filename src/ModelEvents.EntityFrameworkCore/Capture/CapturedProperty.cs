using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>A property of a listed model.</summary>
/// <param name="Property">The property, possibly of a complex type.</param>
/// <param name="Name">The name under which its change is told: its own, or that of the outermost complex property.</param>
internal sealed record CapturedProperty(IProperty Property, string Name)
{
    private readonly ValueEquality _equality = ValueEquality.Of(Property);

    /// <summary>Whether an update writes it; what the database calculates is not known before.</summary>
    public bool IsSaved { get; } = Property.GetAfterSaveBehavior() == PropertySaveBehavior.Save;

    /// <summary>Whether it points to another instance, so that EF Core may set it itself.</summary>
    public bool IsReference { get; } = Property.IsForeignKey();

    /// <summary>
    /// Whether it is a concurrency token that the database writes: no change if it changes alone. Any other token
    /// (<c>[ConcurrencyCheck]</c> on a name) is a value of the user's.
    /// </summary>
    public bool IsBookkeeping { get; } =
        Property.IsConcurrencyToken && Property.ValueGenerated.HasFlag(ValueGenerated.OnUpdate);

    /// <summary>Whether its value after an update is another one than before.</summary>
    public bool IsDifferent(IUpdateEntry before, IUpdateEntry after) =>
        !_equality.AreEqual(before.GetOriginalValue(Property), after.GetCurrentValue(Property));
}
