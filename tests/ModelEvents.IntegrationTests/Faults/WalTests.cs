using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>Processes that read the write-ahead log, of which one does so at a time.</summary>
public sealed class WalTests
{
    // The hard upper bound of a takeover, with room for the publishing itself on a slow machine.
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_killed_reader_and_its_successor_deliver_everything_that_was_committed()
    {
        await using var service = await ParcelService.StartAsync(DeliveryMode.Wal);
        await using var queue = await service.BindQueueAsync();
        await using (var first = service.StartWorker())
        {
            await ReaderAsync(service, other: 0);
            var saving = service.SaveRoundsAsync(60);
            await queue.WaitForAsync(300);
            await first.KillAsync();
            await saving;
        }

        await using var second = service.StartWorker();
        await ArrivedAsync(service, queue);
    }

    [Fact]
    public async Task A_standby_takes_over_from_a_killed_reader_and_nothing_is_lost()
    {
        await using var service = await ParcelService.StartAsync(DeliveryMode.Wal);
        await using var queue = await service.BindQueueAsync();
        await using var reader = service.StartWorker();
        var first = await ReaderAsync(service, other: 0);
        await using var standby = service.StartWorker();

        var saving = service.SaveRoundsAsync(60);
        await queue.WaitForAsync(200);
        await reader.KillAsync();
        await saving;

        await ReaderAsync(service, other: first);
        await ArrivedAsync(service, queue);
    }

    [Fact]
    public async Task A_reader_whose_connection_ends_begins_again_where_the_broker_had_confirmed()
    {
        await using var service = await ParcelService.StartAsync(DeliveryMode.Wal);
        await using var queue = await service.BindQueueAsync();
        await using var worker = service.StartWorker();
        var first = await ReaderAsync(service, other: 0);

        var saving = service.SaveRoundsAsync(60);
        await queue.WaitForAsync(200);
        await service.EndConnectionAsync(first);
        await saving;

        await ReaderAsync(service, other: first);
        await ArrivedAsync(service, queue);
    }

    [Fact]
    public async Task A_reader_that_stops_in_good_order_leaves_nothing_to_repeat()
    {
        await using var service = await ParcelService.StartAsync(DeliveryMode.Wal);
        await using var queue = await service.BindQueueAsync();
        await using (var first = service.StartWorker())
        {
            await ReaderAsync(service, other: 0);
            await service.SaveRoundsAsync(5);
            await queue.WaitForAsync(service.Committed.Count);
            await first.StopAsync();
        }

        await using var second = service.StartWorker();
        await ReaderAsync(service, other: 0);
        await service.SaveRoundsAsync(5);

        var delivered = new Delivered(await queue.WaitForAsync(service.Committed.Count));
        delivered.ShouldBe(service.Committed);
        Assert.Equal(0, delivered.Duplicates);
    }

    private static async Task<int> ReaderAsync(ParcelService service, int other)
    {
        var reader = 0;
        await Eventually.TrueAsync(
            async () => (reader = await service.LogReaderAsync()) != 0 && reader != other,
            () => "nobody reads the log",
            Takeover);
        return reader;
    }

    private static async Task ArrivedAsync(ParcelService service, RabbitQueue queue)
    {
        await Eventually.TrueAsync(
            () => new Delivered(queue.Deliveries).First().Count >= service.Committed.Count,
            () => $"{queue.Deliveries.Count} of {service.Committed.Count} arrived");
        new Delivered(queue.Deliveries).ShouldBe(service.Committed);
    }
}
