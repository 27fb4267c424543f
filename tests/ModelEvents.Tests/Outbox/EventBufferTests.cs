using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class EventBufferTests
{
    private readonly EventBuffer _buffer = new(capacity: 3);
    private long _sequence;

    [Fact]
    public void Events_of_an_entity_that_is_set_aside_are_claimed_no_more()
    {
        var read = Read("a", "b", "a");

        Assert.Equal([read[0], read[2]], _buffer.SetAside(read[0]));
        List<OutboxEntry> claimed = [];
        _buffer.Claim(LaneSet.All, 10, claimed);
        Assert.Equal([read[1]], claimed.Select(entry => entry.Event));
        Assert.Equal(["a"], Follow("a", "c").Select(one => one.Key));
    }

    [Fact]
    public void What_shares_the_count_of_an_entity_that_is_set_aside_goes_with_it_with_all_that_waits()
    {
        var isAlike = AsideCounts.SharedWith(("Shop.Order", "a"));
        var alike = Enumerable.Range(0, int.MaxValue).Select(key => $"{key}").First(key => isAlike(("Shop.Order", key)));
        var read = Read(alike, "b", "a");

        Assert.Equal([read[0], read[2]], _buffer.SetAside(read[2]));
        Assert.Equal([alike], Follow(alike, "b").Select(one => one.Key));
    }

    [Fact]
    public void An_entity_is_claimed_again_once_its_last_event_left_the_table()
    {
        var read = Read("a", "a");
        _buffer.SetAside(read[0]);
        _buffer.Settle(read);

        _buffer.LeftTable([read[0]]);
        Assert.Single(Follow("a"));
        _buffer.LeftTable([read[1]]);
        _buffer.LeftTable([read[1]]);

        Assert.Empty(Follow("a"));
        Assert.False(_buffer.HasAside);
    }

    [Fact]
    public void A_group_whose_events_were_not_handed_over_is_not_over_and_stays_where_it_is()
    {
        var group = new EventGroup();
        Assert.False(group.IsOver);

        group.Expect(1);
        Assert.False(group.IsOver);
        group.Done();
        Assert.True(group.IsOver);
    }

    [Fact]
    public void A_group_has_nothing_left_once_all_its_events_are_settled()
    {
        var group = new EventGroup();
        ModelEvent[] read = [Make("a"), Make("b")];
        group.Expect(read.Length);
        _buffer.Add([(read, group)]);

        _buffer.Settle([read[1], read[1]]);
        Assert.Equal(1, group.Left);
        _buffer.Settle([read[0]]);

        Assert.Equal(0, group.Left);
    }

    [Fact]
    public async Task Reading_waits_for_room()
    {
        var read = Read("a", "b", "c");
        var waiting = _buffer.WaitForRoomAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        _buffer.Settle([read[0]]);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private ModelEvent[] Read(params string[] keys)
    {
        var events = Array.ConvertAll(keys, Make);
        Assert.Empty(_buffer.Add([(events, new EventGroup())]).Following);
        return events;
    }

    private List<ModelEvent> Follow(params string[] keys) =>
        _buffer.Add([(Array.ConvertAll(keys, Make), new EventGroup())]).Following;

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

    [Fact]
    public async Task All_who_wait_for_room_go_on_once_there_is_some()
    {
        var room = new BufferRoom(capacity: 1);
        var one = new ModelEvent
        {
            Id = Guid.CreateVersion7(),
            Name = "a",
            Service = "s",
            Model = "m",
            Key = "1",
            Body = default,
            Headers = new Dictionary<string, string>(),
            OccurredAt = default,
        };
        room.Take(one);
        var waiting = Task.WhenAll(room.UntilAnyAsync(), room.UntilAnyAsync());
        room.GiveBack(one);
        room.Tell();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(waiting.IsCompletedSuccessfully);
    }
}
