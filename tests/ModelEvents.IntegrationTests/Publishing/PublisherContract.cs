using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

/// <summary>What every publisher to RabbitMQ does, in four parts: wire, order, refusals and outages.</summary>
public abstract partial class PublisherContract
{
    private readonly string _service = $"test-{Guid.CreateVersion7():N}";

    private string Exchange => $"{_service}.events";

    /// <summary>Whether events in flight on a connection that breaks are told at once, and not after a while of silence.</summary>
    protected virtual bool NoticesLossAtOnce => true;

    /// <summary>Registers the publisher under test.</summary>
    protected abstract void Register(ModelEventsBuilder builder);

    private protected async Task<PublisherHost> StartAsync(Action<ModelEventsOptions>? configure = null)
    {
        var host = PublisherHost.Build(Register, configure);
        await host.StartAsync();
        return host;
    }

    private protected ModelEvent Event(string key = "1", long sequence = 1, string name = "order__created") =>
        TestEvents.Create(_service, key, sequence, name);

    private static void AssertConfirmed(IEnumerable<PublishOutcome> outcomes) =>
        Assert.All(outcomes, outcome => Assert.Equal(PublishOutcome.Confirmed, outcome));

    private static async Task DeclareExchangeAsync(
        string name,
        string type,
        bool autoDelete = false,
        bool durable = true,
        IDictionary<string, object?>? arguments = null)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(name, type, durable, autoDelete, arguments);
    }

    private static async Task DeleteExchangeAsync(string name)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeleteAsync(name);
    }
}
