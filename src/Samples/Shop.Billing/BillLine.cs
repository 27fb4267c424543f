namespace Shop.Billing;

/// <summary>What one event adds to the bill of an order: what is owed, or what was paid.</summary>
public sealed class BillLine
{
    public long Id { get; set; }

    public required string OrderNumber { get; set; }

    public required string Event { get; set; }

    public decimal Amount { get; set; }
}
