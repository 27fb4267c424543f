namespace Shop;

/// <summary>Its status names its events: <c>order__created</c>, <c>order__paid</c>, <c>order__shipped</c>.</summary>
public sealed class Order
{
    public long Id { get; set; }

    public required string Number { get; set; }

    public OrderStatus Status { get; set; }

    public decimal Total { get; set; }

    public Guid CustomerId { get; set; }

    public Customer? Customer { get; set; }
}
