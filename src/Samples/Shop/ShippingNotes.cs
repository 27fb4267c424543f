using System.Text.Json;
using ModelEvents;

namespace Shop;

/// <summary>Tells customers that their order is on its way: once it is committed, and again if that fails.</summary>
public sealed class ShippingNotes(ShopContext shop) : IEventHandler
{
    public bool Wants(string eventName) => eventName == "order__shipped";

    public async Task HandleAsync(ModelEvent e, CancellationToken ct)
    {
        using var order = JsonDocument.Parse(e.Body);
        var customerId = order.RootElement.GetProperty("customer_id").GetGuid();
        var customer = await shop.Customers.FindAsync([customerId], ct);
        Console.WriteLine($"To {customer!.Email}: order {order.RootElement.GetProperty("number")} is on its way.");
    }
}
