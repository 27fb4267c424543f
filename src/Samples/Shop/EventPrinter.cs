using System.Text;
using MassTransit;
using Shop.Run;

namespace Shop;

/// <summary>Prints each message that arrives in the queue, and keeps a receipt.</summary>
internal sealed class EventPrinter(Receipts receipts) : IConsumer<ShopEvent>
{
    public Task Consume(ConsumeContext<ShopEvent> context)
    {
        var headers = context.ReceiveContext.TransportHeaders;
        var received = new ReceivedEvent(
            context.MessageId ?? throw new InvalidOperationException("A message has no id."),
            context.RoutingKey() ?? "",
            new Entity(headers.Get<string>("modelevents-model") ?? "", headers.Get<string>("modelevents-key") ?? ""),
            Encoding.UTF8.GetString(context.ReceiveContext.Body.GetBytes()));

        Console.WriteLine($"{received.Name} {received.Entity.Key} {received.Body}");
        receipts.Add(received);
        return Task.CompletedTask;
    }
}
