using System.Diagnostics;
using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>
/// Handles an event in the trace of the save that it comes from. MassTransit knows its own header alone, and starts a new
/// trace for each message.
/// </summary>
internal sealed class TraceFilter : IFilter<ReceiveContext>
{
    private static readonly ActivitySource Source = new("ModelEvents");

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        using var span = Start(ReceivedMessage.Of(context));
        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsTrace");

    private static Activity? Start(ReceivedMessage message) =>
        ActivityContext.TryParse(message.Text(EventHeaders.TraceParent), traceState: null, isRemote: true, out var save)
            ? Source.StartActivity(
                $"process {message.Name}",
                ActivityKind.Consumer,
                save,
                [new("messaging.message.id", message.MessageId)],
                Activity.Current is { } receiving ? [new ActivityLink(receiving.Context)] : [])
            : null;
}
