using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>A queue of its own, bound to an exchange, that collects what arrives: an AMQP client and nothing else.</summary>
internal sealed class RabbitQueue : IAsyncDisposable
{
    private static readonly TimeSpan LifeOfAnUnusedQueue = TimeSpan.FromMinutes(10);

    private readonly List<RabbitDelivery> _deliveries = [];
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private RabbitQueue(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
    }

    /// <summary>What has arrived so far, in order.</summary>
    public IReadOnlyList<RabbitDelivery> Deliveries
    {
        get
        {
            lock (_deliveries)
                return [.. _deliveries];
        }
    }

    /// <summary>Declares the queue, binds it and starts to consume.</summary>
    /// <param name="exchange">The exchange to bind to.</param>
    /// <param name="routingKey">The topic pattern; everything by default.</param>
    /// <param name="declareExchange">Whether to declare it first, as a durable topic exchange.</param>
    /// <param name="survivesOutage">Whether the queue and its messages outlive a restart of the broker.</param>
    public static async Task<RabbitQueue> BindAsync(
        string exchange, string routingKey = "#", bool declareExchange = true, bool survivesOutage = false)
    {
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var queue = new RabbitQueue(connection, channel);

        if (declareExchange)
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);

        var name = $"test-{Guid.CreateVersion7():N}";
        var arguments = new Dictionary<string, object?> { ["x-expires"] = (int)LifeOfAnUnusedQueue.TotalMilliseconds };
        await channel.QueueDeclareAsync(
            name, durable: survivesOutage, exclusive: !survivesOutage, autoDelete: false, arguments);
        await channel.QueueBindAsync(name, exchange, routingKey);
        await queue.ConsumeAsync(name);
        return queue;
    }

    /// <summary>Opens a connection to the broker of the tests that comes back after an outage.</summary>
    public static Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            Uri = TestServices.RabbitMq,
            NetworkRecoveryInterval = TimeSpan.FromMilliseconds(250),
        };
        return factory.CreateConnectionAsync();
    }

    /// <summary>Waits until at least that many messages arrived and returns all; fails with what did arrive.</summary>
    public async Task<IReadOnlyList<RabbitDelivery>> WaitForAsync(int count, TimeSpan? timeout = null)
    {
        await Eventually.TrueAsync(() => Deliveries.Count >= count, () => Describe(count), timeout);
        return Deliveries;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task ConsumeAsync(string queue)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Collect(delivery);
            await _channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await _channel.BasicConsumeAsync(queue, autoAck: false, consumer);
    }

    // The client reuses the body's memory as soon as the callback returns.
    private void Collect(BasicDeliverEventArgs delivery)
    {
        lock (_deliveries)
        {
            _deliveries.Add(new RabbitDelivery(
                _deliveries.Count,
                delivery.Exchange,
                delivery.RoutingKey,
                delivery.BasicProperties,
                delivery.Body.ToArray()));
        }
    }

    private string Describe(int count)
    {
        var arrived = Deliveries;
        return $"{count} messages expected, {arrived.Count} arrived.{Environment.NewLine}"
            + string.Join(Environment.NewLine, arrived.Take(100));
    }
}
