using ModelEvents;

namespace Shop;

public sealed class InvoiceSerializer : IModelSerializer<Invoice>
{
    public object Serialize(Invoice invoice) => new
    {
        Number = $"INV-{invoice.Id}",
        invoice.OrderId,
        Total = new { invoice.Amount, Currency = "EUR" },
    };
}
