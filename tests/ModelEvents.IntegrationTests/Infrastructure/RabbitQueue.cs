using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>A queue of its own, bound to an exchange, that collects what arrives: an AMQP client and nothing else.</summary>
internal sealed class RabbitQueue : IAsyncDisposable
{
    private static readonly TimeSpan LifeOfAnUnusedQueue = TimeSpan.FromMinutes(10);

    private readonly List<RabbitDelivery> _deliveries = [];
    private readonly HashSet<string?> _ids = [];
    private readonly Dictionary<string, int> _marks = [];
    private readonly string _name = $"test-{Guid.CreateVersion7():N}";
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private LastingConsumer? _lasting;

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

    /// <summary>How many messages have arrived so far.</summary>
    public int Count
    {
        get
        {
            lock (_deliveries)
                return _deliveries.Count;
        }
    }

    /// <summary>How many different ones, as their ids tell.</summary>
    public int DistinctCount
    {
        get
        {
            lock (_deliveries)
                return _ids.Count;
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

        var arguments = new Dictionary<string, object?> { ["x-expires"] = (int)LifeOfAnUnusedQueue.TotalMilliseconds };
        await channel.QueueDeclareAsync(
            queue._name, durable: survivesOutage, exclusive: !survivesOutage, autoDelete: false, arguments);
        await channel.QueueBindAsync(queue._name, exchange, routingKey);
        if (!survivesOutage)
        {
            await ConsumeAsync(channel, queue._name, queue.Collect);
            return queue;
        }

        queue._lasting = await LastingConsumer.StartAsync(queue._name, queue.Collect);
        await queue.CloseAsync();
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
        await Eventually.TrueAsync(() => Count >= count, () => Describe(count), timeout);
        return Deliveries;
    }

    /// <summary>What has come into the queue by now, also what is still on its way from there.</summary>
    public async Task<IReadOnlyList<RabbitDelivery>> SoFarAsync()
    {
        var mark = Guid.CreateVersion7();
        await Broker.PublishAsync(exchange: "", _name, body: "", mark);
        var before = -1;
        await Eventually.TrueAsync(() => TryFind($"{mark}", out before), () => "the mark has not come");
        return [.. Deliveries.Take(before)];
    }

    /// <summary>How it stands with the broker, for whoever looks into a failure.</summary>
    public Task<string> DescribeAsync() => Broker.DescribeQueueAsync(_name);

    public ValueTask DisposeAsync() => _lasting?.DisposeAsync() ?? CloseAsync();

    /// <summary>Consumes a queue on a channel, and acknowledges what was collected.</summary>
    public static async Task ConsumeAsync(IChannel channel, string queue, Action<BasicDeliverEventArgs> collect)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            collect(delivery);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
    }

    private async ValueTask CloseAsync()
    {
        await _connection.CloseAsync();
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // The client reuses the body's memory as soon as the callback returns.
    private void Collect(BasicDeliverEventArgs delivery)
    {
        lock (_deliveries)
        {
            if (delivery.Exchange.Length == 0)
            {
                _marks.Add(delivery.BasicProperties.MessageId!, _deliveries.Count);
                return;
            }

            _ids.Add(delivery.BasicProperties.MessageId);
            _deliveries.Add(new RabbitDelivery(
                _deliveries.Count,
                delivery.Exchange,
                delivery.RoutingKey,
                delivery.BasicProperties,
                delivery.Body.ToArray()));
        }
    }

    private bool TryFind(string mark, out int before)
    {
        lock (_deliveries)
            return _marks.TryGetValue(mark, out before);
    }

    private string Describe(int count)
    {
        var arrived = Deliveries;
        return $"{count} messages expected, {arrived.Count} arrived.{Environment.NewLine}"
            + string.Join(Environment.NewLine, arrived.Take(30));
    }
}
