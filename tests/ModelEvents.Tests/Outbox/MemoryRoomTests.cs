using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Outbox;

public sealed class MemoryRoomTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HealthConditions _conditions = new(TimeProvider.System);
    private readonly MemoryRow _row = new(Events.Make("order__created", "1", DateTimeOffset.UnixEpoch));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Headers_take_memory_too()
    {
        var plain = Events.Make("order__created", "1", DateTimeOffset.UnixEpoch);
        var noted = plain with { Headers = new Dictionary<string, string> { ["note"] = new('x', 10_000) } };

        Assert.Equal(20_008, MemoryRow.BytesOf(noted) - MemoryRow.BytesOf(plain));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_that_waits_goes_on_once_there_is_room_for_it(bool isAsync)
    {
        var room = Room(FullMemory.Wait, 20);
        for (var taken = 0; taken < 20; taken++)
            room.Take(_row);
        var waiting = Task.Run(() => AdmitAsync(room, isAsync), Cancellation);
        await Task.Yield();
        Assert.True(room.IsFullWith(0, 0));

        room.Free(_row);
        room.TellRoomIfAny();

        await waiting.WaitAsync(Deadline, Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_save_waits_in_memory_that_others_fill_and_empty_all_the_time(bool isAsync)
    {
        var room = Room(FullMemory.Wait, 1);
        using var rows = new BlockingCollection<MemoryRow>();
        var freeing = Task.Run(
            () =>
            {
                foreach (var row in rows.GetConsumingEnumerable())
                {
                    room.Free(row);
                    room.TellRoomIfAny();
                }
            },
            Cancellation);

        var saving = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                for (var save = 0; save < 5000; save++)
                {
                    await AdmitAsync(room, isAsync);
                    room.Take(_row);
                    rows.Add(_row, Cancellation);
                }
            },
            Cancellation));

        await Task.WhenAll(saving).WaitAsync(Deadline, Cancellation);
        rows.CompleteAdding();
        await freeing.WaitAsync(Deadline, Cancellation);
        Assert.False(room.IsFullWith(0, 0));
        Assert.Empty(_conditions.Current);
    }

    [Fact]
    public void A_transaction_that_holds_events_does_not_wait_for_those_of_others()
    {
        var room = Room(FullMemory.Wait, 2);
        room.Take(_row);
        room.Take(_row);

        room.Admit(heldEvents: 1, heldBytes: 1);

        Assert.Throws<InvalidOperationException>(() => room.Admit(heldEvents: 2, heldBytes: 1));
    }

    private static async Task AdmitAsync(MemoryRoom room, bool isAsync)
    {
        if (isAsync)
            await room.AdmitAsync(0, 0, Cancellation);
        else
            room.Admit(0, 0);
    }

    private MemoryRoom Room(FullMemory whenFull, int maxEvents) => new(
        "Direct",
        Options.Create(new ModelEventsOptions { Direct = { WhenFull = whenFull, MaxEvents = maxEvents } }),
        _conditions,
        NullLogger<MemoryOutbox>.Instance);
}
