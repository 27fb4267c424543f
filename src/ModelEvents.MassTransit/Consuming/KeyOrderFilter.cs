using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;

namespace ModelEvents.Consuming;

/// <summary>
/// Lets the events of one model and key through one after the other, in the order in which the broker delivered them, and
/// all others at once. Outside of MassTransit's retries, so that a retried event holds back its own key alone.
/// </summary>
/// <remarks>
/// MassTransit's own partitioner takes messages as they come to it, and they come by concurrent loops, which may overtake
/// each other on the way from the channel.
/// </remarks>
internal sealed class KeyOrderFilter : IFilter<ReceiveContext>
{
    private readonly KeyQueues _queues = new();
    private readonly ConditionalWeakTable<object, Arrivals> _channels = [];

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var turn = new Turn(KeyOf(ReceivedMessage.Of(context)));
        await ArriveAsync(context, turn).ConfigureAwait(false);
        try
        {
            await turn.Started.ConfigureAwait(false);

            // The channel was lost meanwhile: the broker delivers it again, behind those before it.
            context.CancellationToken.ThrowIfCancellationRequested();
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            _queues.Leave(turn);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsKeyOrder");

    private static (string Model, string Key)? KeyOf(ReceivedMessage message) =>
        message.IsModelEvent && message.Text(EventHeaders.Key) is { } key ? (message.Text(EventHeaders.Model) ?? "", key) : null;

    private Task ArriveAsync(ReceiveContext context, Turn turn)
    {
        if (context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery)
            && context.TryGetPayload<ChannelContext>(out var channel))
            return _channels.GetValue(channel.Channel, _ => new Arrivals(TimeProvider.System))
                .AddAsync(delivery.DeliveryTag, () => _queues.Join(turn));

        _queues.Join(turn);
        return Task.CompletedTask;
    }
}
