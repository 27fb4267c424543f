using MassTransit;
using ModelEvents.Consuming;

namespace ModelEvents.Publishing;

/// <summary>
/// Hears of every send on the bus. Takes off what MassTransit's tracing adds to an event's headers, and reports a failed
/// send at once, where MassTransit itself would go on trying for minutes.
/// </summary>
internal sealed class SendWatch : ISendObserver
{
    public Task PreSend<T>(SendContext<T> context)
        where T : class
    {
        if (context.Message is OutgoingEvent outgoing)
        {
            var foreign = context.Headers.GetAll().Where(
                header => !outgoing.Wire.Headers.ContainsKey(header.Key) && !PropertyHeaders.Contain(header.Key));
            foreach (var header in foreign.ToArray())
                context.Headers.Set(header.Key, null);
        }

        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class
    {
        (context.Message as OutgoingEvent)?.Fault(exception);
        return Task.CompletedTask;
    }
}
