using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelEvents.Benchmarks;

/// <summary>The consumer of all sides: notes when the message of each row arrived.</summary>
internal sealed class Arrivals : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _arrived = new();
    private readonly IConnection _connection;

    private Arrivals(IConnection connection) => _connection = connection;

    public static async Task<Arrivals> ConsumeAsync(BenchmarkSettings settings)
    {
        var arrivals = new Arrivals(await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync());
        var channel = await arrivals._connection.CreateChannelAsync();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            var arrived = Stopwatch.GetTimestamp();
            arrivals._arrived[Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![Side.KeyHeader]!)] = arrived;
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(Backlog.Queue, autoAck: true, consumer);
        return arrivals;
    }

    /// <summary>When the message of a row arrived, as a timestamp; waits for it.</summary>
    public async Task<long> AtAsync(string key)
    {
        var began = Stopwatch.GetTimestamp();
        long arrived;
        while (!_arrived.TryGetValue(key, out arrived))
        {
            if (Stopwatch.GetElapsedTime(began) > Deadline)
                throw new InvalidOperationException($"The message of row '{key}' did not arrive.");
            await Task.Delay(1);
        }

        return arrived;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
