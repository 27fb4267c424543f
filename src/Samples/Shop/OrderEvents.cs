using ModelEvents;

namespace Shop;

/// <summary>What happens to orders beside their changes.</summary>
public static class OrderEvents
{
    public static readonly EventName Overdue =
        EventName.Declare<OverdueOrder>("order.overdue", "An order was paid after its due date.");
}

public sealed record OverdueOrder(string Number, decimal Total);
