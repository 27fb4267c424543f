using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>Lets only those events through to a consumer that it subscribed to.</summary>
internal sealed class SubjectFilter<TMessage>(Subscriptions subscriptions, IReadOnlySet<Subject> subjects)
    : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    public Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        var subject = subscriptions.SubjectOf(ReceivedMessage.Of(context.ReceiveContext));
        return subjects.Contains(subject) || subjects.Contains(subject.OfAll) ? next.Send(context) : Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsSubject");
}
