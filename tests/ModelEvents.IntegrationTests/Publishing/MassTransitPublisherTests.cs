using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Publishing;

public sealed class MassTransitPublisherTests : PublisherContract
{
    // MassTransit disposes of its channel while RabbitMQ.Client goes through the events that wait for their confirmation, and
    // some are forgotten.
    protected override bool NoticesLossAtOnce => false;

    protected override void Register(ModelEventsBuilder builder) => builder.PublishWithMassTransit();
}
