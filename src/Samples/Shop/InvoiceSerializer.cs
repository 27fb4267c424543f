using ModelEvents;

namespace Shop;

public sealed class InvoiceSerializer : IModelSerializer<Invoice, Bill>
{
    public Bill Serialize(Invoice invoice) =>
        new($"INV-{invoice.Id}", invoice.OrderId, new Money(invoice.Amount, "EUR"));
}
