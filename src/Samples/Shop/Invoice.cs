namespace Shop;

/// <summary>Published by <see cref="InvoiceSerializer"/> as <c>bill__created</c> of another service.</summary>
public sealed class Invoice
{
    public long Id { get; set; }

    public long OrderId { get; set; }

    public decimal Amount { get; set; }
}
