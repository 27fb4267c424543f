using MassTransit;

namespace Shop.Billing;

/// <summary>An ordinary consumer. With the inbox, each event adds one line to a bill, however often it comes.</summary>
internal sealed class BillWriter(BillingContext billing, Bank bank) : IConsumer<OrderDto>
{
    public async Task Consume(ConsumeContext<OrderDto> context)
    {
        var order = context.Message;
        var received = context.ModelEvent();
        var amount = received.Name switch
        {
            "order__created" => order.Total,
            "order__paid" => -order.Total,
            _ => 0,
        };

        billing.Add(new BillLine { OrderNumber = order.Number, Event = received.Name, Amount = amount });
        await billing.SaveChangesAsync(context.CancellationToken);
        bank.Tell(received.Id);
        Console.WriteLine($"{received.Name} {order.Number} {amount}");
    }
}
