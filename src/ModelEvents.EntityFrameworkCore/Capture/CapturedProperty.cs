using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Capture;

/// <summary>A property of a listed model.</summary>
/// <param name="Property">The property, possibly of a complex type.</param>
/// <param name="Name">The name under which its change is told: its own, or that of the outermost complex property.</param>
internal sealed record CapturedProperty(IProperty Property, string Name)
{
    public ValueComparer Comparer { get; } = Property.GetValueComparer();

    /// <summary>
    /// Whether it is a concurrency token that the database writes: no change if it changes alone. Any other token
    /// (<c>[ConcurrencyCheck]</c> on a name) is a value of the user's.
    /// </summary>
    public bool IsBookkeeping { get; } =
        Property.IsConcurrencyToken && Property.ValueGenerated.HasFlag(ValueGenerated.OnUpdate);
}
