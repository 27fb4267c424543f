using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Publishing;

public sealed class MassTransitPublisherTests : PublisherContract
{
    protected override void Register(ModelEventsBuilder builder) => builder.PublishWithMassTransit();
}
