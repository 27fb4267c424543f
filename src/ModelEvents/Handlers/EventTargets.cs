using System.Collections.Concurrent;

namespace ModelEvents.Handlers;

/// <summary>
/// Where an event goes, where that is not the broker alone. Worked out when the event is appended and kept with it, so that
/// it does not depend on who reads it.
/// </summary>
internal sealed class EventTargets(bool broker, IReadOnlyList<string> handlers)
{
    private static readonly ConcurrentDictionary<string, EventTargets> Single = new(StringComparer.Ordinal);

    /// <summary>Those of an event that nobody wants.</summary>
    public static EventTargets None { get; } = new(broker: false, []);

    /// <summary>Whether it goes to the broker.</summary>
    public bool Broker => broker;

    /// <summary>The handlers that it goes to.</summary>
    public IReadOnlyList<string> Handlers => handlers;

    /// <summary>The handler, where it goes to that one only.</summary>
    public string? Only { get; } = !broker && handlers is [var only] ? only : null;

    /// <summary>The events, each once for every one of its targets: what is for a handler names it.</summary>
    public static IEnumerable<ModelEvent> Part(IEnumerable<ModelEvent> events)
    {
        foreach (var one in events)
        {
            if (one.Targets is not { } targets)
            {
                yield return one;
                continue;
            }

            if (targets.Broker)
                yield return one with { Targets = null };
            foreach (var handler in targets.Handlers)
                yield return one.For(handler);
        }
    }

    /// <summary>The handler <paramref name="name"/> alone.</summary>
    public static EventTargets Of(string name) =>
        Single.GetOrAdd(name, static name => new EventTargets(broker: false, [name]));
}
