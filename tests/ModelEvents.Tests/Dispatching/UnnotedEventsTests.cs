using ModelEvents.Dispatching;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Dispatching;

public sealed class UnnotedEventsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(50, true)]
    [InlineData(70, false)]
    public void What_does_not_come_again_is_forgotten_after_an_hour_while_a_session_lasts(int minutes, bool isKnown)
    {
        var unnoted = new UnnotedEvents(_clock);
        var item = Events.Make("a1", "a", _clock.GetUtcNow());
        var delivered = new DeliveredBatch();
        delivered.Published.Add(item);
        unnoted.Add(handler: null, delivered);
        _clock.AdvanceToNext(_clock.GetUtcNow() + TimeSpan.FromMinutes(minutes));

        Assert.Equal(isKnown, unnoted.TryRecall(handler: null, [new OutboxEntry(item, 0)], new DeliveredBatch()));
        Assert.Equal(isKnown, unnoted.Any);
    }
}
