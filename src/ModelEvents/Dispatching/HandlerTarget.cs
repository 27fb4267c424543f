using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Handlers;
using ModelEvents.Outbox;
using ModelEvents.Publishing;
using ModelEvents.Receivers;

namespace ModelEvents.Dispatching;

/// <summary>One handler: a worker calls it for one event after the other, each in a scope of its own.</summary>
internal sealed class HandlerTarget(
    HandlerType handler,
    HandlerSwitches switches,
    OutcomeSettlement settlement,
    DeliveryReceivers receivers,
    IServiceScopeFactory scopes,
    IOptions<ModelEventsOptions> options,
    TimeProvider time) : IDispatchTarget
{
    // What was handled is noted together for so many, and handled again if the process dies before.
    private const int EventsInRound = 20;

    private readonly ConcurrentDictionary<(string Outbox, Guid Id), Task<Exception?>> _calls = [];

    public string? Handler => handler.Name;

    public int Workers { get; } = options.Value.Handlers.Workers;

    public int ClaimSize => EventsInRound;

    public bool IsOn => switches.IsOn(handler.Name);

    public Task UntilOnAsync(CancellationToken cancellationToken) => switches.UntilOnAsync(handler.Name, cancellationToken);

    public async ValueTask<DeliveredBatch> ExecuteAsync(
        Func<CancellationToken, Task<DeliveredBatch>> round, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await round(cancellationToken).ConfigureAwait(false);
    }

    public async Task DeliverAsync(
        string outbox, IReadOnlyList<OutboxEntry> claimed, DeliveredBatch batch, DeliveryTokens tokens)
    {
        foreach (var entry in claimed)
        {
            if (tokens.Stopping.IsCancellationRequested || !IsOn)
                return;
            if (!settlement.IsSettledBefore(outbox, entry, batch)
                && !await TryDeliverAsync(outbox, entry, batch, tokens).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Delivers one; returns false where that was not waited for. What was handled before is noted all the same.</summary>
    private async Task<bool> TryDeliverAsync(
        string outbox, OutboxEntry entry, DeliveredBatch batch, DeliveryTokens tokens)
    {
        try
        {
            return await DeliverAsync(outbox, entry, batch, tokens).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (tokens.HasEnded)
        {
            return false;
        }
    }

    private async Task<bool> DeliverAsync(
        string outbox, OutboxEntry entry, DeliveredBatch batch, DeliveryTokens tokens)
    {
        List<OutboxEntry> alone = [entry];
        await receivers.StartedAsync(outbox, alone, tokens.GivingUp).ConfigureAwait(false);
        var started = time.GetUtcNow();
        var failure = await CallAsync(outbox, entry.Event, tokens).ConfigureAwait(false);
        if (failure is not null && tokens.GivingUp.IsCancellationRequested)
            return false;

        var outcome = failure is null
            ? PublishOutcome.Confirmed
            : new PublishOutcome(PublishStatus.Refused, $"{failure.GetType().Name}: {failure.Message}");

        settlement.Settle(outbox, entry, outcome, started, batch, failure);
        await receivers.FinishedAsync(outbox, alone, batch, started, tokens.GivingUp).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Calls the handler, or joins a call that was left when its session was lost, and returns what it throws. A handler may
    /// take long, or hang: only its own events wait for it.
    /// </summary>
    private async Task<Exception?> CallAsync(string outbox, ModelEvent item, DeliveryTokens tokens)
    {
        var key = (outbox, item.Id);
        if (!_calls.TryGetValue(key, out var call))
            _calls[key] = call = Task.Run(() => HandleAsync(outbox, item, tokens.GivingUp), CancellationToken.None);

        try
        {
            return await call.WaitAsync(tokens.Leaving).ConfigureAwait(false);
        }
        finally
        {
            if (call.IsCompleted)
                _calls.TryRemove(key, out _);
        }
    }

    private async Task<Exception?> HandleAsync(string outbox, ModelEvent item, CancellationToken cancellationToken)
    {
        using var span = EventTracing.Handle(outbox, item);
        HandlerCall.Begin();
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var instance = (IEventHandler)scope.ServiceProvider.GetRequiredService(handler.Type);
                await instance.HandleAsync(item, cancellationToken).ConfigureAwait(false);
            }

            return null;
        }
#pragma warning disable CA1031 // Whatever a handler throws: it is called again, and its event parked in the end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            return exception;
        }
    }
}
