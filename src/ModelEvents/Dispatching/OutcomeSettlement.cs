using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Dispatching;

/// <summary>Decides what an event's outcome means for it: published or handled, retried later, parked, or left alone.</summary>
internal sealed class OutcomeSettlement(
    IOptions<ModelEventsOptions> options,
    ExchangeWatch exchanges,
    DispatcherMetrics metrics,
    TimeProvider time,
    ILogger<OutboxDispatcher> log)
{
    private readonly ModelEventsOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, Outage> _exchangesAway = new();

    public void Settle(
        string outbox,
        OutboxEntry entry,
        PublishOutcome outcome,
        DateTimeOffset started,
        DeliveredBatch batch,
        Exception? exception = null)
    {
        switch (outcome.Status)
        {
            case PublishStatus.Confirmed:
                Publish(outbox, entry, batch);
                break;
            case PublishStatus.Unroutable:
                SettleUnroutable(outbox, entry, batch);
                break;
            case PublishStatus.Unbound:
                HoldBack(outbox, entry, outcome.Error ?? HeldText.Of(entry.Event.Service, entry.Event.Name), batch);
                break;
            case PublishStatus.Refused:
                Refuse(outbox, entry, outcome.Error ?? "The broker refused the event.", batch, exception);
                break;
            case PublishStatus.Unavailable:
                batch.SetUnavailable(outcome.Error ?? "The broker cannot be reached.", exception: null);
                return;
            case PublishStatus.NoExchange:
                Rest(entry, outcome.Error ?? "The exchange cannot be published to.", batch);
                return;
            case PublishStatus.Held:
            default:
                batch.Hold(entry.Event);
                return;
        }

        if (entry.Event.Handler is not null)
            return;

        if (outcome.Status is PublishStatus.Confirmed)
            exchanges.Heard(entry.Event);
        if (_exchangesAway.TryGetValue(entry.Event.Service, out var outage))
            outage.End();
        EventTracing.Record(outbox, entry.Event, outcome, started, time);
    }

    /// <summary>
    /// Whether it is decided before it is published what becomes of an event: by others of the batch, or since it cannot be.
    /// </summary>
    public bool IsSettledBefore(string outbox, OutboxEntry entry, DeliveredBatch batch)
    {
        if (batch.WithoutExchange.TryGetValue(entry.Event.Service, out var error))
            Rest(entry, error, batch);
        else if (entry.Event.Headers.TryGetValue(EventHeaders.Unreadable, out var reason) && !batch.Holds(entry.Event))
            Park(outbox, entry, reason, batch, exception: null);

        return batch.Holds(entry.Event);
    }

    private void Publish(string outbox, OutboxEntry entry, DeliveredBatch batch)
    {
        batch.Published.Add(entry.Event);
        metrics.Published(outbox, entry.Event, time.GetUtcNow());
    }

    private void SettleUnroutable(string outbox, OutboxEntry entry, DeliveredBatch batch)
    {
        metrics.Unroutable(outbox, entry.Event);
        if (_options.Unroutable == UnroutableEvents.Park)
        {
            Park(outbox, entry, $"No queue is bound for '{PlainText.InLog(entry.Event.Name)}'.", batch, exception: null);
            return;
        }

        if (exchanges.IsNewlyUnheard(entry.Event))
            Log.Unroutable(log, outbox, PlainText.InLog(entry.Event.Name), PlainText.InLog(entry.Event.Service));
        Publish(outbox, entry, batch);
    }

    /// <summary>Parks an event that is let go by itself once a queue is bound: <see cref="HeldEvents"/>.</summary>
    private void HoldBack(string outbox, OutboxEntry entry, string error, DeliveredBatch batch)
    {
        metrics.Unroutable(outbox, entry.Event);
        batch.Failed.Add(new FailedEvent(entry.Event, entry.Attempts + 1, error, RetryAfter: null));
        batch.Hold(entry.Event);
        if (exchanges.Hold(outbox, entry.Event))
            Log.HeldBack(log, outbox, PlainText.InLog(entry.Event.Name), error);
    }

    private void Refuse(
        string outbox, OutboxEntry entry, string error, DeliveredBatch batch, Exception? exception)
    {
        metrics.Refused(outbox, entry.Event);
        var dispatcher = _options.Dispatcher;
        if (entry.Attempts + 1 >= dispatcher.MaxAttempts)
        {
            Park(outbox, entry, error, batch, exception);
            return;
        }

        var rest = Backoff.Delay(entry.Attempts, dispatcher.RetryDelay, dispatcher.MaxRetryDelay);
        batch.Failed.Add(new FailedEvent(entry.Event, entry.Attempts + 1, error, rest));
        batch.Hold(entry.Event);
        var (item, attempt) = (entry.Event, entry.Attempts + 1);
        var (name, key) = (PlainText.InLog(item.Name), PlainText.InLog(item.Key));
        if (item.Handler is { } handler)
            Log.HandlerFailed(log, exception, handler, name, item.Id, key, outbox, attempt, rest);
        else
            Log.Refused(log, outbox, name, item.Id, key, attempt, rest, error);
    }

    private void Rest(OutboxEntry entry, string error, DeliveredBatch batch)
    {
        if (batch.Holds(entry.Event))
            return;

        var dispatcher = _options.Dispatcher;
        batch.ExchangeRest ??= Backoff.Delay(int.MaxValue, dispatcher.RetryDelay, dispatcher.MaxRetryDelay);
        batch.WithoutExchange[entry.Event.Service] = error;
        batch.Failed.Add(new FailedEvent(entry.Event, entry.Attempts, error, batch.ExchangeRest));
        batch.Hold(entry.Event);
        _exchangesAway.GetOrAdd(entry.Event.Service, NewOutage).Begin(error, exception: null);
    }

    private Outage NewOutage(string service) => new(
        (reason, _) => Log.ExchangeAway(log, service, reason),
        () => Log.ExchangeBack(log, service));

    private void Park(
        string outbox, OutboxEntry entry, string error, DeliveredBatch batch, Exception? exception)
    {
        metrics.Parked(outbox, entry.Event);
        batch.Failed.Add(new FailedEvent(entry.Event, entry.Attempts + 1, error, RetryAfter: null));
        batch.Hold(entry.Event);
        var (item, attempt) = (entry.Event, entry.Attempts + 1);
        var (name, key) = (PlainText.InLog(item.Name), PlainText.InLog(item.Key));
        if (item.Handler is { } handler)
            Log.HandlerGaveUp(log, exception, handler, name, item.Id, key, outbox, attempt);
        else
            Log.Parked(log, outbox, name, item.Id, key, attempt, error);
    }
}
