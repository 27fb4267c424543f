using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Samples;

namespace ModelEvents.Tests.Wire;

/// <summary>The README's consumer in Python, as its user runs it.</summary>
[Collection(nameof(ShopProcess))]
public sealed class ConsumerSampleTests : IAsyncLifetime
{
    private const string Queue = "reports";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        await Broker.DeleteQueueAsync(Queue);
        _database = await TestDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DeleteQueueAsync(Queue);
        await Broker.DeleteQueueAsync(ShopProcess.Queue);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_handles_the_events_that_it_is_bound_to()
    {
        await using var consumer = await StartAsync();

        await ShopProcess.RunAsync(_database, "--orders", "3");

        await consumer.WaitForAsync(lines => lines.Count >= 6);
        Assert.Equal(
            [
                "order__created '2026-00001'", "order__created '2026-00002'", "order__created '2026-00003'",
                "order__shipped '2026-00001'", "order__shipped '2026-00002'", "order__shipped '2026-00003'",
            ],
            consumer.Lines.Select(NameAndNumber).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_handles_an_event_that_arrives_twice_once()
    {
        await using var consumer = await StartAsync();
        var id = Guid.CreateVersion7();

        await Broker.PublishAsync("shop.events", "order__shipped", "1", id);
        await Broker.PublishAsync("shop.events", "order__shipped", "1", id);
        await Broker.PublishAsync("shop.events", "order__shipped", "2", Guid.CreateVersion7());

        await consumer.WaitForAsync(lines => lines.Contains("order__shipped 2"));
        Assert.Equal(["order__shipped 1", "order__shipped 2"], consumer.Lines);
    }

    private static async Task<ChildProcess> StartAsync()
    {
        var consumer = await PythonProcess.StartAsync("consumer.py");
        await consumer.WaitForAsync(() => Broker.HasConsumerAsync(Queue));
        return consumer;
    }

    private static string NameAndNumber(string line)
    {
        var parts = line.Split(' ', ',');
        return $"{parts[0]} {parts[Array.IndexOf(parts, "'number':") + 1]}";
    }
}
