namespace Shop;

/// <summary>A part of a <see cref="Bill"/>.</summary>
public sealed record Money(decimal Amount, string Currency);
