using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Claims a batch from its slice of the lanes, delivers it to its target, completes it, and waits when nothing is due. Next
/// stop: <see cref="BrokerTarget"/> or <see cref="HandlerTarget"/>.
/// </summary>
internal sealed class DispatchWorker(
    IOutboxReader outbox, IOutboxSession session, LaneSlice slice, IDispatchTarget target, DispatchContext context)
{
    private readonly IdlePause _idle = new(session, slice, context.Options.PollInterval, context.Time);

    /// <summary>Raised after each round that the session served well.</summary>
    public required Action RoundDone { get; init; }

    /// <summary>
    /// Works until <paramref name="stopping"/> is cancelled; what is in flight then is finished, unless
    /// <paramref name="givingUp"/> is cancelled too.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (!target.IsOn)
                await target.UntilOnAsync(stopping).ConfigureAwait(false);
            if (!await DeliverAsync(stopping, givingUp).ConfigureAwait(false))
                await _idle.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Works until nothing is left to publish or to retry.</summary>
    public async Task DrainAsync(CancellationToken givingUp)
    {
        while (target.IsOn
            && (await DeliverAsync(givingUp, givingUp).ConfigureAwait(false)
                || await _idle.WaitForRetryAsync(givingUp).ConfigureAwait(false)))
        {
        }
    }

    /// <summary>Delivers a batch; returns whether more is probably due.</summary>
    private async Task<bool> DeliverAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        var batch = await target
            .ExecuteAsync(token => DeliverBatchAsync(token, givingUp), stopping).ConfigureAwait(false);
        return batch.IsFull;
    }

    private async Task<DeliveredBatch> DeliverBatchAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        var size = target.ClaimSize;
        var claimed = await session.ClaimAsync(slice, size, stopping).ConfigureAwait(false);
        var batch = new DeliveredBatch(claimed.Count) { IsFull = claimed.Count >= size };
        if (claimed.Count > 0)
        {
            await target.DeliverAsync(outbox.Name, claimed, batch, stopping, givingUp).ConfigureAwait(false);
            await session.CompleteAsync(slice, batch.Published, batch.Failed, givingUp).ConfigureAwait(false);
        }

        _idle.Note(batch);
        RoundDone();
        return batch;
    }
}
