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
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task>> _looks = new(StringComparer.Ordinal);
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

    /// <summary>Sets what finds the events that other processes have held in an outbox, or nothing any more.</summary>
    public void SetLook(string outbox, Func<CancellationToken, Task>? look)
    {
        if (look is null)
            _looks.TryRemove(outbox, out _);
        else
            _looks[outbox] = look;
    }

    /// <summary>
    /// What it means that the broker returned an event as no queue receives it. The first of its name says nothing yet: another
    /// process may have seen that the exchange was gone.
    /// </summary>
    public PublishOutcome Returned(string service, string name)
    {
        var isNews = options.Value.Unroutable is UnroutableEvents.Auto
            && !_unheard.Contains(service, name) && !_unheard.IsFull && !_looks.IsEmpty;
        return isNews && !IsToHold(service, name) ? PublishOutcome.Unsure : Decided(service, name);
    }

    /// <summary>
    /// Finds out what the outcomes mean that say nothing yet, from what others have held in the outbox; returns them all.
    /// </summary>
    public async Task<IReadOnlyList<PublishOutcome>> DecideAsync(
        string outbox,
        IReadOnlyList<OutboxEntry> entries,
        IReadOnlyList<PublishOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        PublishOutcome? failure = null;
        try
        {
            if (_looks.TryGetValue(outbox, out var look))
                await look(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failure = new PublishOutcome(
                PublishStatus.Unavailable, $"What is held in the outbox '{outbox}' cannot be read: {exception.Message}");
        }

        return [.. outcomes.Select((outcome, index) =>
            outcome.IsUnsure ? failure ?? Decided(entries[index].Event.Service, entries[index].Event.Name) : outcome)];
    }

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

                // Another process knows of a queue that it had.
                foreach (var one in held)
                    _unheard.Forget(one.Service, one.Name);
            }

            foreach (var (service, loss) in _losses)
            {
                loss.Note(outbox, names[service]);
                Judge(service, loss);
            }
        }
    }

    private PublishOutcome Decided(string service, string name) => IsToHold(service, name)
        ? new PublishOutcome(PublishStatus.Unbound, HeldText.Of(service, name))
        : _counted.Of(service, name);

    private bool IsToHold(string service, string name) =>
        _hasLosses
        && options.Value.Unroutable is not UnroutableEvents.Count
        && _losses.TryGetValue(service, out var loss)
        && loss.IsToHold(name)
        && !_unheard.Contains(service, name);

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
