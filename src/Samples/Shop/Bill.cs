namespace Shop;

/// <summary>What other services learn of an <see cref="Invoice"/>.</summary>
public sealed record Bill(string Number, long OrderId, Money Total);
