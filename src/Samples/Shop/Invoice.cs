namespace Shop;

/// <summary>Published by <see cref="InvoiceSerializer"/> as <c>bill__created</c>, on the exchange of another service.</summary>
public sealed class Invoice
{
    public long Id { get; set; }

    public long OrderId { get; set; }

    public decimal Amount { get; set; }
}
