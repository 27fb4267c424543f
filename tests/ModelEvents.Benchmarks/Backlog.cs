using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace ModelEvents.Benchmarks;

/// <summary>Fills the outbox, and makes the queue that its events are drained to.</summary>
internal sealed class Backlog(BenchmarkDatabase database, BenchmarkSettings settings)
{
    public const string Exchange = "benchmark.events";
    public const string Queue = "benchmark";

    /// <summary>Fills the outbox with events: written once, as a service would, and copied from then on.</summary>
    public async Task FillAsync(int count)
    {
        var kept = $"kept_{count}";
        await database.ClearAsync();
        if (!await database.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_class WHERE relname = '{kept}')"))
        {
            await WriteAsync(count);
            await database.ExecuteAsync($"CREATE TABLE {kept} AS SELECT * FROM model_events_outbox_packs");
        }

        await database.ExecuteAsync(
            $"TRUNCATE model_events_outbox_packs; INSERT INTO model_events_outbox_packs SELECT * FROM {kept}");
        await database.ExecuteAsync("VACUUM ANALYZE model_events_outbox_packs");
    }

    public async Task RecreateQueueAsync(bool routed = true)
    {
        await using var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true);
        await channel.QueueDeleteAsync(Queue);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        if (routed)
            await channel.QueueBindAsync(Queue, Exchange, "#");
    }

    /// <summary>Returns when that many messages are in the queue.</summary>
    public async Task WaitForAsync(int count)
    {
        await using var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        while (await channel.MessageCountAsync(Queue) < count)
            await Task.Delay(10);
    }

    public async Task<uint> DeleteQueueAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.QueueDeleteAsync(Queue);
    }

    private async Task WriteAsync(int count)
    {
        await using var services = database.CaptureServices().BuildServiceProvider();
        for (var appended = 0; appended < count; appended += 10_000)
        {
            await using var scope = services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<BenchmarkContext>();
            context.GuidRows.AddRange(Enumerable.Range(0, Math.Min(10_000, count - appended)).Select(_ => new GuidRow()));
            await context.SaveChangesAsync();
        }
    }
}
