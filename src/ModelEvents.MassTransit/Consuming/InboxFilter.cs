using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Consuming;

/// <summary>
/// Calls the consumer through the inbox of its own scope, so that both write through the same context instance. Runs once
/// per attempt: MassTransit's retry is outside, and makes a new scope.
/// </summary>
internal sealed class InboxFilter<TConsumer, TMessage>(InboxUse inbox, Subscriptions subscriptions)
    : IFilter<ConsumerConsumeContext<TConsumer, TMessage>>
    where TConsumer : class
    where TMessage : class
{
    private readonly string _consumer = $"{inbox.Queue}:{typeof(TConsumer).FullName}";

    public async Task Send(
        ConsumerConsumeContext<TConsumer, TMessage> context, IPipe<ConsumerConsumeContext<TConsumer, TMessage>> next)
    {
        var services = context.GetPayload<IServiceScope>().ServiceProvider;
        var outcome = await services.GetRequiredKeyedService<IInbox>(inbox.Context).HandleAsync(
            new InboxMessage(_consumer, EventOf(ReceivedMessage.Of(context.ReceiveContext))),
            _ => next.Send(context),
            context.CancellationToken).ConfigureAwait(false);

        // Else MassTransit takes it for a message that nobody wanted, and moves it to the queue for those.
        if (outcome is not InboxOutcome.Handled)
            await context.NotifyConsumed<TMessage>(context, TimeSpan.Zero, _consumer).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsInbox");

    private ReceivedEvent EventOf(ReceivedMessage message) => message.IsModelEvent
        ? ReceivedEvents.Read(message)
        : ReceivedEvents.ReadForeign(message, subscriptions.SubjectOf(message).Service);
}
