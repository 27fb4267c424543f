using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Publishing;

public sealed class RabbitMqPublisherTests : PublisherContract
{
    protected override void Register(ModelEventsBuilder builder) => builder.PublishToRabbitMq();
}
