using RabbitMQ.Client;

namespace ModelEvents.Benchmarks;

/// <summary>RabbitMQ.Client as its documentation shows it: the client tracks the confirms, a batch is awaited together.</summary>
internal sealed class ConfirmedPublisher(IConnection connection, IChannel channel) : IAsyncDisposable
{
    public static async Task<ConfirmedPublisher> ConnectAsync(BenchmarkSettings settings)
    {
        var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        return new ConfirmedPublisher(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true)));
    }

    public async Task PublishAsync(IEnumerable<RowMessage> messages)
    {
        List<Task> publishing = [];
        foreach (var message in messages)
            publishing.Add(PublishAsync(message).AsTask());
        await Task.WhenAll(publishing);
    }

    public ValueTask PublishAsync(RowMessage message)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            ContentType = "application/json",
            MessageId = message.MessageId.ToString(),
            Headers = new Dictionary<string, object?> { [Side.KeyHeader] = message.Key },
        };
        return channel.BasicPublishAsync(Backlog.Exchange, message.Name, mandatory: true, properties, message.Body);
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
