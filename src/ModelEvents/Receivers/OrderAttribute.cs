namespace ModelEvents;

/// <summary>When a receiver has its turn among those of one call. Without it: 0, and so in the order of registration.</summary>
/// <param name="value">Lower ones come first. Equal ones keep the order in which they were registered.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = true)]
public sealed class OrderAttribute(int value) : Attribute
{
    /// <summary>Lower ones come first.</summary>
    public int Value { get; } = value;
}
