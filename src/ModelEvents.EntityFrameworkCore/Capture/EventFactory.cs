using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;
using ModelEvents.Handlers;
using ModelEvents.Models;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>
/// Makes an event of each change: name, key, body by the model's serializer, headers. Called once generated values are
/// known. Next stop: <see cref="Outbox.IOutbox"/>.
/// </summary>
internal sealed class EventFactory(
    TimeProvider time, EventRouter router, LifeCycleReceivers<IEventEnqueued> enqueued)
{
    /// <summary>Whether somebody wants to see the events when they are appended, so that they must be known by then.</summary>
    public bool AreSeen => enqueued.Any;

    /// <param name="context">The context that saves.</param>
    /// <param name="changes">What it changes.</param>
    /// <param name="pending">What the database has yet to generate for the only change, if anything.</param>
    /// <param name="lent">Where the bodies are kept, if nobody needs them once they are appended.</param>
    public IReadOnlyList<ModelEvent> Create(
        DbContext context, List<Change> changes, PendingValues? pending = null, LentBodies? lent = null)
    {
        using var instances = changes.Exists(change => change.Model.Body.ReadsInstance)
            ? GeneratedValues.PutOnInstances(context, changes)
            : null;

        using var buffer = BodyBuffer.Rent();
        var headers = new HeadersFactory();
        var occurredAt = time.GetUtcNow();
        var events = new ModelEvent[changes.Count];
        for (var index = 0; index < events.Length; index++)
        {
            var source = new BodySource(context, changes[index].Entry, changes[index].Action, pending);
            changes[index].Model.Body.Write(buffer.Writer, source);
            events[index] = Create(changes[index], buffer.Take(lent), occurredAt, headers.Of(changes[index]), pending);
        }

        return events;
    }

    /// <summary>
    /// Those of the events that go anywhere, with where they go: the last step before they are appended. Events that are
    /// complete are shown to whoever wants to see them.
    /// </summary>
    public IReadOnlyList<ModelEvent> Address(IReadOnlyList<ModelEvent> events, bool areComplete = true)
    {
        var addressed = router.Route(events);
        if (areComplete)
            Show(addressed);
        return addressed;
    }

    private void Show(IReadOnlyList<ModelEvent> events) => enqueued.Call(
        events,
        (receiver, one) =>
        {
            receiver.EventEnqueued(one);
            return Task.CompletedTask;
        },
        isRobust: true);

    /// <summary>The event of a change whose body is written.</summary>
    public static ModelEvent Create(
        Change change,
        ReadOnlyMemory<byte> body,
        DateTimeOffset occurredAt,
        IReadOnlyDictionary<string, string> headers,
        PendingValues? pending = null,
        long sequence = 0) =>
        new()
        {
            Id = change.Id,
            Name = NameOf(change),
            Service = change.Model.Listed.Service,
            Model = change.Model.Listed.Name,
            Key = pending?.Key is null ? change.Model.Key.Text(change.Entry) : PendingValues.Text,
            Body = body,
            Headers = headers,
            OccurredAt = occurredAt,
            Sequence = sequence,
        };

    private static string NameOf(Change change)
    {
        var model = change.Model;
        if (change.Action == ChangeAction.Deleted || model.Status is not { } statusProperty)
            return model.EventName(change.Action);
        if (change.Action == ChangeAction.Updated
            && model.Listed.StatusEvents == StatusEvents.OnChange
            && !change.StatusMayHaveChanged)
            return model.EventName(ChangeAction.Updated);

        var status = EventNames.StatusOf(change.Entry.GetCurrentValue(statusProperty));
        if (string.IsNullOrEmpty(status))
            return model.EventName(change.Action);

        var name = model.Listed.EventName(status);
        return !EventNames.IsTooLong(name)
            ? name
            : throw new InvalidOperationException(
                $"The status of '{model.Listed.Name}' gives the event name '{name}', which is over {EventNames.MaxBytes} "
                + $"bytes. Shorten the value of '{statusProperty.Name}' or the model's EventNamePrefix.");
    }
}
