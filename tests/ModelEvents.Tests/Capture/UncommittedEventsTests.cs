using ModelEvents.Capture;

namespace ModelEvents.Tests.Capture;

public sealed class UncommittedEventsTests
{
    [Fact]
    public void A_savepoint_rolled_back_takes_what_came_after_it()
    {
        var events = new UncommittedEvents();
        events.Add([Event("before")]);
        events.SavepointCreated();
        events.Add([Event("inside")]);
        events.RolledBackToSavepoint();
        events.Add([Event("after")]);

        Assert.Equal(["before", "after"], events.Take().Select(e => e.Key));
    }

    [Fact]
    public void Of_several_savepoints_the_earliest_is_assumed()
    {
        var events = new UncommittedEvents();
        events.SavepointCreated();
        events.Add([Event("between")]);
        events.SavepointCreated();
        events.Add([Event("inside")]);
        events.RolledBackToSavepoint();

        Assert.Empty(events.Take());
    }

    [Fact]
    public void Events_are_taken_once()
    {
        var events = new UncommittedEvents();
        events.Add([Event("one")]);

        Assert.Single(events.Take());
        Assert.Empty(events.Take());
    }

    private static ModelEvent Event(string key) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = "order__created",
        Service = "shop",
        Model = "Order",
        Key = key,
        Body = ReadOnlyMemory<byte>.Empty,
        Headers = new Dictionary<string, string>(),
        OccurredAt = DateTimeOffset.UnixEpoch,
    };
}
