using System.Collections.Concurrent;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Dispatching;

/// <summary>A broker in memory: confirms everything unless told otherwise.</summary>
internal sealed class FakePublisher(TimeProvider clock) : IEventPublisher
{
    /// <summary>The outcome of an event.</summary>
    public Func<ModelEvent, PublishOutcome> Outcome { get; set; } = _ => PublishOutcome.Confirmed;

    /// <summary>What publishing waits for before it does anything.</summary>
    public Func<IReadOnlyList<ModelEvent>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether what follows an unconfirmed event of its key is reported as held, rather than with its own outcome.</summary>
    public bool HoldsKeys { get; set; } = true;

    /// <summary>The calls so far: the names that were handed over, and when.</summary>
    public ConcurrentQueue<(string[] Names, DateTimeOffset At)> Calls { get; } = [];

    /// <summary>What the broker confirmed, in order.</summary>
    public ConcurrentQueue<ModelEvent> Confirmed { get; } = [];

    public string[] ConfirmedNames => [.. Confirmed.Select(item => item.Name)];

    public static PublishOutcome Refused(string error) => new(PublishStatus.Refused, error);

    public static PublishOutcome Unavailable { get; } = new(PublishStatus.Unavailable, "connection refused");

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        Calls.Enqueue(([.. events.Select(item => item.Name)], clock.GetUtcNow()));
        await Before(events, cancellationToken);

        var held = new HashSet<string>();
        var outcomes = new PublishOutcome[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            outcomes[i] = held.Contains(events[i].Key) ? PublishOutcome.Held : Outcome(events[i]);
            if (outcomes[i].Status is PublishStatus.Confirmed or PublishStatus.Unroutable)
                Confirmed.Enqueue(events[i]);
            else if (HoldsKeys)
                held.Add(events[i].Key);
        }

        return outcomes;
    }
}
