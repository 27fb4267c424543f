using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Handlers;

/// <summary>What this process takes events to: the broker, unless it has handlers and no publisher, and its handlers.</summary>
internal sealed class ServedTargets
{
    private readonly HandlerSwitches _switches;
    private readonly ILogger<ServedTargets> _log;
    private readonly ConcurrentDictionary<(string, string), bool> _told = [];

    public ServedTargets(
        IEnumerable<HandlerType> handlers,
        HandlerSwitches switches,
        IServiceProviderIsService services,
        IOptions<ModelEventsOptions> options,
        ILogger<ServedTargets> log)
    {
        (_switches, _log) = (switches, log);
        Handlers = [.. handlers];

        // A process that does not dispatch needs no publisher even if there is a broker: another may publish.
        Broker = Handlers.Count == 0
            || !options.Value.Dispatcher.Enabled
            || services.IsService(typeof(IEventPublisher))
            || services.IsService(typeof(IEventRecorder));
    }

    /// <summary>Whether events go to the broker.</summary>
    public bool Broker { get; }

    /// <summary>The handlers that are registered, in the order of their registration.</summary>
    public IReadOnlyList<HandlerType> Handlers { get; }

    /// <summary>The handlers that are switched off: what waits for them rests on purpose.</summary>
    public IReadOnlyList<string> Off => [.. Handlers.Select(handler => handler.Name).Where(name => !IsOn(name))];

    /// <summary>Whether the handler is registered here.</summary>
    public bool Has(string handler) => Handlers.Any(one => one.Name == handler);

    /// <summary>Whether the handler is switched on.</summary>
    public bool IsOn(string handler) => _switches.IsOn(handler);

    /// <summary>Tells once of events that wait for a handler, or the broker, that this process has not.</summary>
    public void TellUnserved(string outbox, string handler)
    {
        if (!_told.TryAdd((outbox, handler), true))
            return;
        if (handler.Length == 0)
            Log.NoPublisherForEvents(_log, outbox);
        else
            Log.UnknownHandler(_log, outbox, handler);
    }
}
