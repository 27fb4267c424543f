using System.Diagnostics.CodeAnalysis;
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
/// <param name="queue">The endpoint's queue.</param>
/// <param name="room">How many messages the broker hands over before the first is acknowledged; 0 for any number.</param>
/// <param name="atOnce">How many are handled at once.</param>
[SuppressMessage("Design", "CA1001", Justification = "MassTransit disposes of no filter.")]
internal sealed class KeyOrderFilter(string queue, int room, int atOnce) : IFilter<ReceiveContext>
{
    private readonly SemaphoreSlim _handling = new(atOnce);
    private readonly KeyQueues _queues = new(room);
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
            await HandleAsync(context, next).ConfigureAwait(false);
        }
        finally
        {
            _queues.Leave(turn);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsKeyOrder");

    private async Task HandleAsync(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await _handling.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            _handling.Release();
        }
    }

    private static (string Model, string Key)? KeyOf(ReceivedMessage message) =>
        message.IsModelEvent && message.Text(EventHeaders.Key) is { } key ? (message.Text(EventHeaders.Model) ?? "", key) : null;

    private Task ArriveAsync(ReceiveContext context, Turn turn)
    {
        if (context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery)
            && context.TryGetPayload<ChannelContext>(out var channel))
            return _channels.GetValue(channel.Channel, _ => new Arrivals(TimeProvider.System))
                .AddAsync(delivery.DeliveryTag, () => Join(turn));

        Join(turn);
        return Task.CompletedTask;
    }

    private void Join(Turn turn)
    {
        if (_queues.Join(turn) && turn.Key is var (model, key))
            Log.Crowded(Log.Logger, room, queue, PlainText.InLog(key), PlainText.InLog(model));
    }
}
