using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>
/// Acknowledges events that are ignored, and tells of those that nobody has subscribed to, which MassTransit moves to
/// <c>&lt;queue&gt;_skipped</c>: they come by a binding that an earlier version made, or that a later one made already.
/// </summary>
internal sealed class UnwantedFilter(Subscriptions subscriptions, string queue) : IFilter<ReceiveContext>
{
    // Names come from others.
    private const int MostTold = 1000;

    private readonly HashSet<Subject> _told = [];

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (subscriptions.UnwantedOf(ReceivedMessage.Of(context)) is not { } subject)
            return next.Send(context);
        if (subscriptions.Ignores(subject))
            return Task.CompletedTask;

        Tell(subject);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsUnwanted");

    private void Tell(Subject subject)
    {
        lock (_told)
        {
            if (_told.Count == MostTold || !_told.Add(subject))
                return;
        }

        var (service, name) = (PlainText.InLog(subject.Service), PlainText.InLog(subject.Name));
        Log.Unwanted(Log.Logger, name, service, queue);
    }
}
