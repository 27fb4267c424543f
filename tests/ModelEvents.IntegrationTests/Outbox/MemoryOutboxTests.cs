using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class MemoryOutboxTests : OutboxReaderContract
{
    private readonly MemoryOutbox _outbox = New();

    private protected override IOutboxReader Outbox => _outbox;

    private protected override Task CommitAsync(params ModelEvent[] events)
    {
        _outbox.Enqueue(events);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Sequences_grow_over_a_restart()
    {
        _outbox.Enqueue(TestEvents.Steps("7", 3));
        var restarted = New();
        restarted.Enqueue([TestEvents.Make("7")]);

        await using var before = await _outbox.OpenAsync(Token);
        await using var after = await restarted.OpenAsync(Token);
        var last = (await before.ClaimAsync(LaneSlice.All, 10, Token))[^1].Event.Sequence;
        Assert.True((await after.ClaimAsync(LaneSlice.All, 10, Token))[0].Event.Sequence > last);
    }

    [Fact]
    public async Task Only_the_latest_parked_events_are_kept()
    {
        _outbox.Enqueue(TestEvents.Spread(MemoryOutbox.MaxParked + 2));
        await using var session = await _outbox.OpenAsync(Token);
        var claimed = await session.ClaimAsync(LaneSlice.All, 10_000, Token);

        FailedEvent[] failed = [.. claimed.Select(entry => new FailedEvent(entry.Event, 1, "refused", null))];
        await session.CompleteAsync(LaneSlice.All, [], failed, Token);

        var parked = await _outbox.ListParkedAsync(10_000, handler: null, Token);
        Assert.Equal(claimed.Ids()[2..], parked.Select(one => one.Event.Id));
    }

    private static MemoryOutbox New() => new("Direct", Room(), TimeProvider.System, NullLogger<MemoryOutbox>.Instance);

    private static MemoryRoom Room() => new(
        "Direct",
        Options.Create(new ModelEventsOptions()),
        new HealthConditions(TimeProvider.System),
        NullLogger<MemoryOutbox>.Instance);
}
