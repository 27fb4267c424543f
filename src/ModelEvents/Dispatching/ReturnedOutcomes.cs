using System.Collections.Concurrent;
using ModelEvents.Models;
using ModelEvents.Publishing;

namespace ModelEvents.Dispatching;

/// <summary>The outcomes of events that no queue receives, made once for each name: there may be many events of it.</summary>
internal sealed class ReturnedOutcomes
{
    // Names can hold a status from the data.
    private const int Most = 1000;

    private readonly ConcurrentDictionary<(string Service, string Name), PublishOutcome> _outcomes = new();
    private volatile bool _isFull;

    public PublishOutcome Of(string service, string name)
    {
        if (_outcomes.TryGetValue((service, name), out var known))
            return known;

        var outcome = new PublishOutcome(
            PublishStatus.Unroutable,
            $"No queue is bound to exchange '{EventNames.ExchangeOf(service)}' for the event '{name}'. Bind one.");
        if (!_isFull && _outcomes.TryAdd((service, name), outcome))
            _isFull = _outcomes.Count >= Most;
        return outcome;
    }
}
