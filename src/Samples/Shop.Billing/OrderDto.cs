namespace Shop.Billing;

/// <summary>As much of the shop's order as billing needs.</summary>
public sealed record OrderDto
{
    public required string Number { get; init; }

    public required decimal Total { get; init; }
}
