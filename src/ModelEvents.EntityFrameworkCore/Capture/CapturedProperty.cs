using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Capture;

/// <summary>A property of a listed model.</summary>
/// <param name="Property">The property, possibly of a complex type.</param>
/// <param name="Name">The name under which its change is told: its own, or that of the outermost complex property.</param>
internal sealed record CapturedProperty(IProperty Property, string Name)
{
    public ValueComparer Comparer { get; } = Property.GetValueComparer();

    public bool IsConcurrencyToken { get; } = Property.IsConcurrencyToken;
}
