using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Models;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Dispatching;

/// <summary>
/// What this process knows of the exchanges that it publishes to. One that was there and is gone has taken its bindings along:
/// from then on an event that no queue receives is held until one is bound. Next stop: <see cref="HeldEvents"/>.
/// </summary>
internal sealed class ExchangeWatch(
    IOptions<ModelEventsOptions> options, HealthConditions conditions, TimeProvider time, ILogger<ExchangeWatch> log)
{
    private readonly ConcurrentDictionary<string, bool> _isThere = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ExchangeLoss> _losses = new(StringComparer.Ordinal);
    private readonly UnroutableNames _unheard = new();
    private readonly ReturnedOutcomes _counted = new();
    private readonly Lock _lock = new();
    private volatile bool _hasLosses;

    /// <summary>Raised when an event is held.</summary>
    public event Action? HeldBack;

    /// <summary>Raised when a queue receives events whose name none received since the loss.</summary>
    public event Action? HeardAgain;

    /// <summary>Whether the last that was heard of a service's exchange is that it is there.</summary>
    public bool IsThere(string service) => _isThere.TryGetValue(service, out var isThere) && isThere;

    /// <summary>The exchange of a service took events.</summary>
    public void Found(string service)
    {
        if (!IsThere(service))
            _isThere[service] = true;
    }

    /// <summary>The exchange of a service is missing, which is a loss if it was there before.</summary>
    public void Missing(string service)
    {
        if (!_isThere.TryUpdate(service, newValue: false, comparisonValue: true))
            return;

        lock (_lock)
            Lose(service).Witness();
        Log.ExchangeLost(log, EventNames.ExchangeOf(service));
    }

    /// <summary>What it means that the broker returned an event as no queue receives it.</summary>
    public PublishOutcome Returned(string service, string name) =>
        _hasLosses
        && options.Value.Unroutable is not UnroutableEvents.Count
        && _losses.TryGetValue(service, out var loss)
        && loss.IsToHold(name)
        && !_unheard.Contains(service, name)
            ? new PublishOutcome(PublishStatus.Unbound, HeldText.Of(service, name))
            : _counted.Of(service, name);

    /// <summary>An event that no queue received counts as published; returns whether that is news for its name.</summary>
    public bool IsNewlyUnheard(ModelEvent item) => _unheard.IsNew(item);

    /// <summary>An event was received by a queue.</summary>
    public void Heard(ModelEvent item)
    {
        _unheard.Heard(item);
        if (!_hasLosses || !_losses.TryGetValue(item.Service, out var loss) || !loss.IsNews(item.Name))
            return;

        lock (_lock)
        {
            if (!loss.Heard(item.Name) && !loss.IsOver)
                return;
            Judge(item.Service, loss);
        }

        HeardAgain?.Invoke();
    }

    /// <summary>An event is parked until a queue is bound; returns whether that is news for its name.</summary>
    public bool Hold(string outbox, ModelEvent item)
    {
        bool isNew;
        lock (_lock)
            isNew = Lose(item.Service).Hold(outbox, item.Name);
        HeldBack?.Invoke();
        return isNew;
    }

    /// <summary>Whether events in that outbox are to be looked after.</summary>
    public bool Holds(string outbox)
    {
        lock (_lock)
            return _losses.Values.Any(loss => loss.Holds(outbox));
    }

    /// <summary>Whether held events of that name may go.</summary>
    public bool MayGo(string service, string name) =>
        options.Value.Unroutable is UnroutableEvents.Count
        || (_losses.TryGetValue(service, out var loss) && loss.IsHeard(name));

    /// <summary>Takes note of all that an outbox holds now; what another process has held is this one's too.</summary>
    public void NoteHeld(string outbox, IReadOnlyList<HeldEvent> held)
    {
        var names = held.ToLookup(one => one.Service, one => one.Name, StringComparer.Ordinal);
        lock (_lock)
        {
            if (options.Value.Unroutable is not UnroutableEvents.Count)
            {
                foreach (var service in names)
                    Lose(service.Key);
            }

            foreach (var (service, loss) in _losses)
            {
                loss.Note(outbox, names[service]);
                Judge(service, loss);
            }
        }
    }

    private ExchangeLoss Lose(string service)
    {
        var loss = _losses.GetOrAdd(service, _ => new ExchangeLoss(time));
        _hasLosses = true;
        if (loss.TryBegin())
            conditions.Begin(
                KeyOf(service), HealthConditionKind.Degrades, HeldText.OfLoss(service, options.Value.Unroutable));
        return loss;
    }

    private void Judge(string service, ExchangeLoss loss)
    {
        if (loss.TryEnd())
        {
            conditions.End(KeyOf(service));
            Log.ExchangeBound(log, EventNames.ExchangeOf(service));
        }

        if (!loss.IsOver)
            return;

        _losses.TryRemove(service, out _);
        _hasLosses = !_losses.IsEmpty;
    }

    private static string KeyOf(string service) => $"exchange:{service}";
}
