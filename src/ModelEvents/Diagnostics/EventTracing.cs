using System.Diagnostics;
using ModelEvents.Publishing;

namespace ModelEvents.Diagnostics;

/// <summary>
/// One producer span for each published event and one consumer span for each handled, linked to the trace of the save that it
/// comes from.
/// </summary>
internal static class EventTracing
{
    private static readonly ActivitySource Source = new("ModelEvents");

    public static void Record(
        string outbox, ModelEvent item, PublishOutcome outcome, DateTimeOffset started, TimeProvider time)
    {
        if (!Source.HasListeners())
            return;

        // Events are confirmed in bulk: the span is made afterwards, with the times of its call.
        using var span = Source.StartActivity(
            ActivityKind.Producer, default, Tags(outbox, item), Links(item), started, $"publish {item.Name}");
        if (outcome.Status == PublishStatus.Refused)
            span?.SetStatus(ActivityStatusCode.Error, outcome.Error);
        span?.SetEndTime(time.GetUtcNow().UtcDateTime);
    }

    /// <summary>Begins the span of a handler's call, so that its own spans are inside it.</summary>
    public static Activity? Handle(string outbox, ModelEvent item) => Source.HasListeners()
        ? Source.StartActivity(
            ActivityKind.Consumer,
            default,
            [.. Tags(outbox, item), new("modelevents.handler", item.Handler)],
            Links(item),
            name: $"handle {item.Name}")
        : null;

    private static ActivityLink[] Links(ModelEvent item) =>
        item.Headers.TryGetValue(EventHeaders.TraceParent, out var parent)
        && ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var save)
            ? [new ActivityLink(save)]
            : [];

    private static KeyValuePair<string, object?>[] Tags(string outbox, ModelEvent item) =>
    [
        new("messaging.message.id", item.Id.ToString()),
        new("messaging.destination.name", $"{item.Service}.events"),
        new("modelevents.outbox", outbox),
        new("modelevents.model", item.Model),
    ];
}
