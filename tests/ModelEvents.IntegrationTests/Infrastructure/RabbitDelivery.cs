using System.Text;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>One message as it came from the broker.</summary>
/// <param name="Order">The position in the queue's order of arrival, from 0.</param>
/// <param name="Exchange">The exchange that it was published to.</param>
/// <param name="RoutingKey">The routing key.</param>
/// <param name="Properties">The AMQP properties.</param>
/// <param name="Body">A copy of the body.</param>
public sealed record RabbitDelivery(
    int Order, string Exchange, string RoutingKey, IReadOnlyBasicProperties Properties, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header as text; strings travel as bytes.</summary>
    public string? Header(string name) =>
        Properties.Headers?.TryGetValue(name, out var value) is true
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
            : null;

    /// <inheritdoc />
    public override string ToString() => $"{Order}: {Exchange} {RoutingKey} {Text}";
}
