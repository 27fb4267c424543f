using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Consuming;

/// <summary>A publishing service with a name of its own, seen from outside, and the queue that consumes its events.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Service(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
    }

    public string Name { get; } = $"shop-{Guid.CreateVersion7():N}";

    public string Exchange => $"{Name}.events";

    public string Queue => $"billing-of-{Name}";

    public string ErrorQueue => $"{Queue}_error";

    public static async Task<Service> CreateAsync()
    {
        var connection = await RabbitQueue.ConnectAsync();
        return new Service(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true)));
    }

    /// <summary>Publishes as a service would that knows nothing of ModelEvents.</summary>
    public async Task PublishAsync(string name, string body, BasicProperties? properties = null) =>
        await _channel.BasicPublishAsync(
            Exchange,
            name,
            mandatory: true,
            properties ?? new BasicProperties { ContentType = "application/json" },
            Encoding.UTF8.GetBytes(body));

    /// <summary>Publishes as ModelEvents does.</summary>
    public Task PublishAsync(params IReadOnlyList<ModelEvent> events) => PublishAsync(_ => { }, events);

    public async Task PublishAsync(Action<ModelEventsOptions> configure, params IReadOnlyList<ModelEvent> events)
    {
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(), options =>
        {
            options.ServiceName = Name;
            configure(options);
        });
        await host.StartAsync();
        var outcomes = await host.PublishAsync(events);
        Assert.All(outcomes, outcome => Assert.Equal(ModelEvents.Publishing.PublishOutcome.Confirmed, outcome));
    }

    public ModelEvent Event(string name, string body, string key = "1", long sequence = 1) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = name,
        Service = Name,
        Model = "Shop.Order",
        Key = key,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = new Dictionary<string, string> { [EventHeaders.Action] = "created" },
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Sequence = sequence,
    };

    /// <summary>Puts a message into a queue, past all exchanges.</summary>
    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, BasicProperties properties) =>
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, body);

    /// <summary>Waits for a message in a queue and takes it.</summary>
    public static async Task<BasicGetResult> TakeAsync(string queue)
    {
        BasicGetResult? taken = null;
        await Eventually.TrueAsync(
            async () => await CountAsync(queue) > 0
                && (taken = await AskAsync(channel => channel.BasicGetAsync(queue, autoAck: true))) is not null,
            () => $"no message in '{queue}'");
        return taken!;
    }

    /// <summary>How many messages wait in a queue; none where there is no such queue.</summary>
    public static Task<uint> CountAsync(string queue) => AskAsync(channel => channel.MessageCountAsync(queue));

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in (string[])[Queue, ErrorQueue, $"{Queue}_skipped"])
        {
            await _channel.QueueDeleteAsync(queue);
            await _channel.ExchangeDeleteAsync(queue);
        }

        await _channel.ExchangeDeleteAsync(Exchange);
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // A queue that is missing closes the channel that asks, and one that is just being made the connection.
    private static async Task<T?> AskAsync<T>(Func<IChannel, Task<T>> question)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await question(channel);
        }
        catch (OperationInterruptedException)
        {
            return default;
        }
    }
}
