using System.Collections.Concurrent;
using System.Diagnostics;
using ModelEvents.Diagnostics;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Diagnostics;

public class TracingTests
{
    private const string Save = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_published_event_makes_a_producer_span_that_is_linked_to_its_save()
    {
        var clock = new ManualTimeProvider();
        var (item, started) = (Make(clock), clock.GetUtcNow());
        clock.AdvanceToNext(started.AddSeconds(3));
        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans);

        EventTracing.Record("Traced", item, PublishOutcome.Confirmed, started, clock);

        var span = Assert.Single(spans, span => Equals(span.GetTagItem("messaging.message.id"), $"{item.Id}"));
        Assert.Equal((ActivityKind.Producer, "publish order__created"), (span.Kind, span.DisplayName));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Assert.Single(span.Links).Context.TraceId.ToString());
        Assert.Equal(3, span.Duration.TotalSeconds);
        Assert.Equal("shop.events", span.GetTagItem("messaging.destination.name"));
    }

    [Fact]
    public void A_refused_event_makes_a_span_with_its_error()
    {
        var clock = new ManualTimeProvider();
        var item = Make(clock);
        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans);

        EventTracing.Record("Traced", item, FakePublisher.Refused("frame too large"), clock.GetUtcNow(), clock);

        var span = Assert.Single(spans, span => Equals(span.GetTagItem("messaging.message.id"), $"{item.Id}"));
        Assert.Equal((ActivityStatusCode.Error, "frame too large"), (span.Status, span.StatusDescription));
    }

    private static ModelEvent Make(TimeProvider clock) =>
        Events.Make("order__created", "1", clock.GetUtcNow()) with
        {
            Headers = new Dictionary<string, string> { [EventHeaders.TraceParent] = Save },
        };

    private static ActivityListener Listen(ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ModelEvents",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
