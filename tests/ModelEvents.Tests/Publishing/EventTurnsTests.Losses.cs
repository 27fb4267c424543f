using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

public sealed partial class EventTurnsTests
{
    [Fact]
    public void A_refused_event_holds_all_that_follow_of_its_key_and_nothing_else()
    {
        var turns = Begin(Events("a", "a", "a", "b"));
        TakeAll(turns);

        turns.Land(1, multiple: false, Refused);
        turns.Land(2, multiple: false, Confirmed);

        Assert.True(turns.AreOver);
        Assert.Equal(
            [Refused, PublishOutcome.Held, PublishOutcome.Held, Confirmed], turns.Outcomes(null));
    }

    [Fact]
    public void An_event_that_cannot_be_sent_leaves_its_number_to_the_next()
    {
        var turns = Begin(Events("a", "b", "c"));
        Assert.True(turns.TryTake(out _));
        Assert.True(turns.TryTake(out _));
        turns.SettleUnsent(Refused);
        Assert.True(turns.TryTake(out var third));

        turns.Land(2, multiple: true, Confirmed);

        Assert.Equal(2, third);
        Assert.Equal([Confirmed, Refused, Confirmed], turns.Outcomes(null));
    }

    [Fact]
    public void An_event_that_was_taken_back_gets_another_turn_and_a_number_then()
    {
        var turns = Begin(Events("a", "b"));
        Assert.True(turns.TryTake(out _));
        turns.PutBack();
        Assert.Equal(0, turns.InFlight);

        Assert.Equal([1, 0], TakeAll(turns));
        turns.Land(1, multiple: false, Refused);
        turns.Land(2, multiple: false, Confirmed);

        Assert.Equal([Confirmed, Refused], turns.Outcomes(null));
    }

    [Fact]
    public void What_was_in_flight_on_a_lost_channel_goes_first_on_the_next_in_the_same_order()
    {
        var events = Events("a", "b", "a", "c", "b");
        var turns = Begin(events);
        Assert.Equal([0, 1, 3], TakeAll(turns));
        turns.Land(1, multiple: false, Confirmed);
        turns.Return(events[3].Id, Unroutable);

        turns.Begin(firstTag: 1);

        Assert.Equal(0, turns.InFlight);
        Assert.Equal([1, 3, 2], TakeAll(turns));
        turns.Land(3, multiple: true, Confirmed);
        Assert.Equal([4], TakeAll(turns));
        turns.Land(4, multiple: false, Confirmed);
        Assert.All(turns.Outcomes(null), outcome => Assert.Equal(Confirmed, outcome));
    }

    [Fact]
    public void What_was_in_flight_when_the_broker_went_away_is_not_settled_by_what_was_heard_of_it_before()
    {
        var events = Events("a", "b");
        var turns = Begin(events);
        TakeAll(turns);

        turns.Return(events[0].Id, Unroutable);

        Assert.Equal([Away, Away], turns.Outcomes(Away));
    }

    [Fact]
    public void The_one_that_closes_the_channel_is_found_by_sending_fewer_each_time()
    {
        var turns = Begin(Keys(MaxInFlight * 2));
        var sent = new List<int>();
        do
        {
            sent.Add(TakeAll(turns).Count);
            Assert.Equal(sent[^1], turns.FindCulprit(Refused));
            turns.Begin(firstTag: 1);
        }
        while (sent[^1] > 1);

        Assert.Equal([1024, 128, 16, 2, 1], sent);
        Assert.Equal(MaxInFlight, TakeAll(turns).Count);
        Assert.Equal(Refused, turns.Outcomes(Away)[0]);
        Assert.Equal(Away, turns.Outcomes(Away)[1]);
    }

    [Fact]
    public void Everything_in_flight_can_be_settled_together_with_what_follows_on_it()
    {
        var turns = Begin(Events("a", "b", "a"));
        TakeAll(turns);
        turns.Land(2, multiple: false, Confirmed);

        turns.LandAll(Refused);

        Assert.True(turns.AreOver);
        Assert.Equal([Refused, Confirmed, PublishOutcome.Held], turns.Outcomes(null));
    }
}
