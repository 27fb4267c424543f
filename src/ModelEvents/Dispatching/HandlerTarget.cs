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
        string outbox,
        IReadOnlyList<OutboxEntry> claimed,
        DeliveredBatch batch,
        CancellationToken stopping,
        CancellationToken givingUp)
    {
        foreach (var entry in claimed)
        {
            if (stopping.IsCancellationRequested || !IsOn)
                return;
            if (!settlement.IsSettledBefore(outbox, entry, batch)
                && !await TryDeliverAsync(outbox, entry, batch, givingUp).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Delivers one; returns false where that was not waited for. What was handled before is noted all the same.</summary>
    private async Task<bool> TryDeliverAsync(
        string outbox, OutboxEntry entry, DeliveredBatch batch, CancellationToken givingUp)
    {
        try
        {
            await DeliverAsync(outbox, entry, batch, givingUp).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (givingUp.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task DeliverAsync(
        string outbox, OutboxEntry entry, DeliveredBatch batch, CancellationToken cancellationToken)
    {
        List<OutboxEntry> alone = [entry];
        await receivers.StartedAsync(outbox, alone, cancellationToken).ConfigureAwait(false);
        var started = time.GetUtcNow();
        var failure = await HandleAsync(outbox, entry.Event, cancellationToken).ConfigureAwait(false);
        var outcome = failure is null
            ? PublishOutcome.Confirmed
            : new PublishOutcome(PublishStatus.Refused, $"{failure.GetType().Name}: {failure.Message}");

        settlement.Settle(outbox, entry, outcome, started, batch, failure);
        await receivers.FinishedAsync(outbox, alone, batch, started, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls the handler; returns what it throws.</summary>
    private async Task<Exception?> HandleAsync(string outbox, ModelEvent item, CancellationToken cancellationToken)
    {
        using var span = EventTracing.Handle(outbox, item);
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
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, exception.Message);
            return exception;
        }
    }
}
