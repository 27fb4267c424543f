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

    [Theory]
    [InlineData(10, null, 9, true)]
    [InlineData(10, null, 0, false)]
    [InlineData(1, null, 0, false)]
    [InlineData(1, 1, 0, true)]
    [InlineData(2, 1, 0, false)]
    public void A_failure_that_is_not_noted_does_not_stand_against_a_retry_that_was_asked_for(
        int failed, int? rest, int attempts, bool isRecalled)
    {
        var unnoted = new UnnotedEvents(_clock);
        var item = Events.Make("a1", "a", _clock.GetUtcNow());
        var (delivered, batch) = (new DeliveredBatch(), new DeliveredBatch());
        var retryAfter = rest is { } seconds ? TimeSpan.FromSeconds(seconds) : default(TimeSpan?);
        delivered.Failed.Add(new FailedEvent(item, failed, "no", retryAfter));
        unnoted.Add(handler: null, delivered);

        Assert.Equal(isRecalled, unnoted.TryRecall(handler: null, [new OutboxEntry(item, attempts)], batch));
        Assert.Equal(isRecalled ? [new FailedEvent(item, failed, "no", retryAfter)] : [], batch.Failed);
    }
}
