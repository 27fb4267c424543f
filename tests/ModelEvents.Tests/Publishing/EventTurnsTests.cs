using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

public sealed partial class EventTurnsTests
{
    private const int MaxInFlight = 1024;

    private static readonly PublishOutcome Confirmed = PublishOutcome.Confirmed;
    private static readonly PublishOutcome Unroutable = new(PublishStatus.Unroutable, "no queue");
    private static readonly PublishOutcome Refused = new(PublishStatus.Refused, "no");
    private static readonly PublishOutcome Away = new(PublishStatus.Unavailable, "away");

    [Fact]
    public void A_keys_next_event_gets_its_turn_when_the_one_before_it_is_confirmed()
    {
        var turns = Begin(Events("a", "a", "b", "a"));

        Assert.Equal([0, 2], TakeAll(turns));
        turns.Land(1, multiple: false, Confirmed);
        Assert.Equal([1], TakeAll(turns));
        turns.Land(3, multiple: false, Confirmed);
        Assert.Equal([3], TakeAll(turns));
        turns.Land(4, multiple: true, Confirmed);

        Assert.True(turns.AreOver);
        Assert.All(turns.Outcomes(null), outcome => Assert.Equal(Confirmed, outcome));
    }

    [Fact]
    public void A_confirm_of_several_settles_all_up_to_its_tag_and_no_others()
    {
        var turns = Begin(Events("a", "b", "c", "d"), firstTag: 7);
        TakeAll(turns);

        turns.Land(8, multiple: false, Confirmed);
        turns.Land(9, multiple: true, Confirmed);

        Assert.Equal(1, turns.InFlight);
        Assert.Equal([Confirmed, Confirmed, Confirmed, Away], turns.Outcomes(Away));
    }

    [Fact]
    public void A_tag_that_is_confirmed_twice_counts_once()
    {
        var turns = Begin(Events("a", "b"));
        TakeAll(turns);

        turns.Land(1, multiple: false, Confirmed);
        turns.Land(1, multiple: false, Confirmed);

        Assert.Equal(1, turns.InFlight);
        Assert.False(turns.AreOver);
    }

    [Fact]
    public void Returned_events_stay_unroutable_when_a_confirm_of_several_comes_for_them()
    {
        var events = Events("a", "b", "c", "d");
        var turns = Begin(events);
        TakeAll(turns);

        turns.Return(events[1].Id, Unroutable);
        turns.Return(events[3].Id, Unroutable);
        turns.Land(4, multiple: true, Confirmed);

        Assert.Equal([Confirmed, Unroutable, Confirmed, Unroutable], turns.Outcomes(null));
    }

    [Fact]
    public void What_is_returned_after_earlier_events_were_confirmed_is_found()
    {
        var events = Events("a", "b", "c");
        var turns = Begin(events);
        TakeAll(turns);

        turns.Return(events[0].Id, Unroutable);
        turns.Land(2, multiple: true, Confirmed);
        turns.Return(events[2].Id, Unroutable);
        turns.Land(3, multiple: false, Confirmed);

        Assert.Equal([Unroutable, Confirmed, Unroutable], turns.Outcomes(null));
    }

    [Theory]
    [InlineData(true, PublishStatus.Confirmed)]
    [InlineData(false, PublishStatus.Held)]
    public void A_returned_event_lets_the_next_of_its_key_go_or_holds_it(bool letsGo, PublishStatus expected)
    {
        var events = Events("a", "a");
        var turns = Begin(events, isDone: status => status is PublishStatus.Confirmed || letsGo);
        TakeAll(turns);

        turns.Return(events[0].Id, Unroutable);
        turns.Land(1, multiple: false, Confirmed);
        if (TakeAll(turns).Count > 0)
            turns.Land(2, multiple: false, Confirmed);

        Assert.True(turns.AreOver);
        Assert.Equal([PublishStatus.Unroutable, expected], turns.Outcomes(null).Select(outcome => outcome.Status));
    }

    [Fact]
    public void No_more_than_a_window_is_in_flight()
    {
        var turns = Begin(Keys(MaxInFlight + 10));

        Assert.Equal(MaxInFlight, TakeAll(turns).Count);
        turns.Land(4, multiple: true, Confirmed);

        Assert.Equal(Enumerable.Range(MaxInFlight, 4), TakeAll(turns));
    }

    [Fact]
    public void Whoever_sends_is_woken_when_half_the_window_is_free_and_something_waits()
    {
        var turns = Begin(Keys(MaxInFlight + 1));
        TakeAll(turns);
        var moved = turns.NextMove();

        turns.Land((MaxInFlight / 2) - 1, multiple: true, Confirmed);
        Assert.False(moved.IsCompleted);
        turns.Land(MaxInFlight / 2, multiple: false, Confirmed);

        Assert.True(moved.IsCompleted);
        Assert.False(turns.NextMove().IsCompleted);
    }

    [Fact]
    public void Whoever_sends_is_woken_for_a_keys_next_event_when_nothing_else_is_in_flight()
    {
        var turns = Begin(Events("a", "a"));
        TakeAll(turns);
        var moved = turns.NextMove();

        turns.Land(1, multiple: false, Confirmed);

        Assert.True(moved.IsCompleted);
    }

    [Fact]
    public void Whoever_waits_is_woken_when_all_is_over_and_when_the_channel_is_closed()
    {
        var turns = Begin(Events("a", "b"));
        TakeAll(turns);
        var closed = turns.NextMove();
        turns.Wake();
        var over = turns.NextMove();
        turns.Land(1, multiple: false, Confirmed);
        Assert.False(over.IsCompleted);

        turns.Land(2, multiple: false, Confirmed);

        Assert.True(closed.IsCompleted);
        Assert.True(over.IsCompleted);
    }

    private static EventTurns Begin(
        IReadOnlyList<ModelEvent> events, ulong firstTag = 1, Func<PublishStatus, bool>? isDone = null)
    {
        var turns = new EventTurns(events, isDone ?? (status => status is PublishStatus.Confirmed));
        turns.Begin(firstTag);
        return turns;
    }

    private static List<int> TakeAll(EventTurns turns)
    {
        var taken = new List<int>();
        while (turns.TryTake(out var position))
            taken.Add(position);

        return taken;
    }

    private static ModelEvent[] Keys(int count) => Events([.. Enumerable.Range(0, count).Select(key => $"{key}")]);

    private static ModelEvent[] Events(params string[] keys) => Array.ConvertAll(keys, key => new ModelEvent
    {
        Id = Guid.CreateVersion7(),
        Name = "order__updated",
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = default,
        Headers = new Dictionary<string, string>(),
        OccurredAt = default,
    });
}
