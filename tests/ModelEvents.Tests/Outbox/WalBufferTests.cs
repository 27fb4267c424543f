using ModelEvents.Outbox;
using NpgsqlTypes;

namespace ModelEvents.Tests.Outbox;

public sealed class WalBufferTests
{
    private readonly WalBuffer _buffer = new(capacity: 3);
    private long _sequence;

    [Fact]
    public void The_position_stays_before_a_transaction_with_an_event_that_is_left()
    {
        var first = Read(end: 100, "a", "b");
        var second = Read(end: 200, "c");

        _buffer.Settle(second);
        Assert.Equal(Lsn(0), _buffer.Confirm(Lsn(300)));
        _buffer.Settle([first[1]]);
        Assert.Equal(Lsn(0), _buffer.Confirm(Lsn(300)));
        _buffer.Settle([first[0]]);

        Assert.Equal(Lsn(300), _buffer.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_moves_to_the_end_of_what_is_done_while_something_follows()
    {
        var first = Read(end: 100, "a");
        Read(end: 200, "b");

        _buffer.Settle(first);

        Assert.Equal(Lsn(100), _buffer.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_does_not_enter_a_transaction_that_is_being_read()
    {
        _buffer.Begin();

        Assert.Equal(Lsn(0), _buffer.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_follows_a_log_without_events_and_never_goes_back()
    {
        Assert.Equal(Lsn(300), _buffer.Confirm(Lsn(300)));
        Assert.Equal(Lsn(300), _buffer.Confirm(Lsn(200)));
    }

    [Fact]
    public void Events_of_an_entity_that_is_set_aside_are_claimed_no_more()
    {
        var read = Read(end: 100, "a", "b", "a");

        Assert.Equal([read[0], read[2]], _buffer.SetAside(read[0]));
        Assert.Equal([read[1]], _buffer.Claim(LaneSet.All, 10).Select(entry => entry.Event));
        Assert.Equal(["a"], Follow(end: 200, "a", "c").Select(one => one.Key));
    }

    [Fact]
    public void An_entity_is_claimed_again_once_its_last_event_left_the_table()
    {
        var read = Read(end: 100, "a", "a");
        _buffer.SetAside(read[0]);
        _buffer.Settle(read);

        _buffer.LeftTable([read[0]]);
        Assert.Single(Follow(end: 200, "a"));
        _buffer.LeftTable([read[1]]);
        _buffer.LeftTable([read[1]]);

        Assert.Empty(Follow(end: 300, "a"));
        Assert.False(_buffer.HasAside);
    }

    [Fact]
    public async Task Reading_waits_for_room()
    {
        var read = Read(end: 100, "a", "b", "c");
        var waiting = _buffer.WaitForRoomAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        _buffer.Settle([read[0]]);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static NpgsqlLogSequenceNumber Lsn(ulong position) => new(position);

    private ModelEvent[] Read(ulong end, params string[] keys)
    {
        var events = Array.ConvertAll(keys, Make);
        _buffer.Begin();
        Assert.Empty(_buffer.Add(events));
        _buffer.End(Lsn(end));
        return events;
    }

    private List<ModelEvent> Follow(ulong end, params string[] keys)
    {
        _buffer.Begin();
        var following = _buffer.Add(Array.ConvertAll(keys, Make));
        _buffer.End(Lsn(end));
        return following;
    }

    private ModelEvent Make(string key) => new()
    {
        Id = new EventIds(TimeProvider.System).Next(),
        Name = "order__created",
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = "{}"u8.ToArray(),
        Headers = new Dictionary<string, string>(),
        OccurredAt = TimeProvider.System.GetUtcNow(),
        Sequence = ++_sequence,
    };
}
