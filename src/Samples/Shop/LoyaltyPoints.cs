using ModelEvents;

namespace Shop;

/// <summary>A shipped order earns its customer points, saved and published with it.</summary>
public sealed class LoyaltyPoints : IBeforeSave<Order>
{
    public async Task BeforeSaveAsync(Order order, SaveContext save, CancellationToken cancellationToken)
    {
        if (save.Raw || order.Status != OrderStatus.Shipped || !save.HasChanged(nameof(Order.Status)))
            return;

        var customer = await save.Using.FindAsync<Customer>([order.CustomerId], cancellationToken);
        customer!.Points += 10;
    }
}
