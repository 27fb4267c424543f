using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Outbox;

namespace ModelEvents.Handlers;

/// <summary>Says where events go when they are appended: to the broker, and to the handlers that want them.</summary>
internal sealed class EventRouter(
    ServedTargets served, IServiceScopeFactory scopes, ILogger<EventRouter> log, IEventRecorder? recorder = null)
    : IAsyncDisposable, IDisposable
{
    // Names can hold a status from the data.
    private const int MostTold = 1000;

    private readonly AskedHandler[] _handlers =
        recorder is null ? [.. served.Handlers.Select(handler => new AskedHandler(handler, scopes))] : [];

    private readonly ConcurrentDictionary<ulong, EventTargets> _targets = [];
    private readonly ConcurrentDictionary<(string, string), bool> _told = [];
    private volatile bool _isAnyTold;

    /// <summary>
    /// Where an event of this name goes: <see langword="null"/> means to the broker alone, and
    /// <see cref="EventTargets.None"/> that it is not to be kept.
    /// </summary>
    public EventTargets? TargetsOf(string eventName)
    {
        if (_handlers.Length == 0)
            return null;

        var wanting = 0UL;
        for (var index = 0; index < _handlers.Length; index++)
        {
            if (served.IsOn(_handlers[index].Name) && Wants(_handlers[index], eventName))
                wanting |= 1UL << index;
        }

        if (wanting == 0)
            return served.Broker ? null : EventTargets.None;

        return _targets.GetOrAdd(wanting, static (wanting, router) => router.NewTargets(wanting), this);
    }

    /// <summary>The events that somebody wants, with where they go. The same list where there are no handlers.</summary>
    public IReadOnlyList<ModelEvent> Route(IReadOnlyList<ModelEvent> events)
    {
        if (_handlers.Length == 0)
            return events;

        var routed = new List<ModelEvent>(events.Count);
        foreach (var one in events)
        {
            var targets = TargetsOf(one.Name);
            if (targets != EventTargets.None)
                routed.Add(targets is null ? one : one with { Targets = targets });
        }

        return routed;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var handler in _handlers)
            await handler.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For a provider that is not disposed asynchronously; what the handlers hold must not need that.</summary>
    public void Dispose()
    {
        foreach (var handler in _handlers)
            handler.Dispose();
    }

    private EventTargets NewTargets(ulong wanting) => new(
        served.Broker,
        [.. _handlers.Where((_, index) => (wanting & (1UL << index)) != 0).Select(handler => handler.Name)]);

    private bool Wants(AskedHandler handler, string eventName)
    {
        try
        {
            var wants = handler.Wants(eventName);
            if (_isAnyTold)
                _told.TryRemove((handler.Name, eventName), out _);
            return wants;
        }
#pragma warning disable CA1031 // Whatever a handler throws: the save goes on, and the handler decides when it is called.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _isAnyTold = true;
            if (_told.Count < MostTold && _told.TryAdd((handler.Name, eventName), true))
                Log.WantsFailed(log, exception, handler.Name, PlainText.InLog(eventName));
            return true;
        }
    }
}
