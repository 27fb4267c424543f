using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Claims a batch from its slice of the lanes, delivers it to its target, completes it, and waits when nothing is due. Next
/// stop: <see cref="BrokerTarget"/> or <see cref="HandlerTarget"/>.
/// </summary>
internal sealed class DispatchWorker(
    IOutboxReader outbox, IOutboxSession session, LaneSlice slice, IDispatchTarget target, DispatchContext context)
{
    // After a shutdown has given up: so long what was done is still noted, or it would be done again.
    private static readonly TimeSpan NoteTimeout = TimeSpan.FromSeconds(5);

    private readonly IdlePause _idle = new(session, slice, context.Options.PollInterval, context.Time);

    /// <summary>Raised after each round that the session served well.</summary>
    public required Action RoundDone { get; init; }

    /// <summary>What was delivered and could not be noted.</summary>
    public required UnnotedEvents Unnoted { get; init; }

    /// <summary>Notes what was delivered before this session and could not be noted; delivers nothing.</summary>
    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        bool isAny;
        do
        {
            var claimed = await session.ClaimAsync(slice, context.Options.BatchSize, cancellationToken).ConfigureAwait(false);
            var batch = new DeliveredBatch(claimed.Count);
            isAny = Unnoted.TryRecall(target.Handler, claimed, batch);
            await CompleteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        while (isAny);
    }

    /// <summary>Works until it is to stop; what is in flight then is finished.</summary>
    public async Task RunAsync(DeliveryTokens tokens)
    {
        while (!tokens.Stopping.IsCancellationRequested)
        {
            if (!target.IsOn)
                await target.UntilOnAsync(tokens.Stopping).ConfigureAwait(false);
            if (!await DeliverAsync(tokens).ConfigureAwait(false))
                await _idle.WaitAsync(tokens.Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Works until nothing is left to publish or to retry.</summary>
    public async Task DrainAsync(DeliveryTokens tokens)
    {
        tokens = tokens with { Stopping = tokens.GivingUp };
        while (target.IsOn
            && (await DeliverAsync(tokens).ConfigureAwait(false)
                || await _idle.WaitForRetryAsync(tokens.GivingUp).ConfigureAwait(false)))
        {
        }
    }

    /// <summary>Delivers a batch; returns whether more is probably due.</summary>
    private async Task<bool> DeliverAsync(DeliveryTokens tokens)
    {
        var batch = await target
            .ExecuteAsync(token => DeliverBatchAsync(tokens with { Stopping = token }), tokens.Stopping)
            .ConfigureAwait(false);
        return batch.IsFull || batch.IsRecalled;
    }

    private async Task<DeliveredBatch> DeliverBatchAsync(DeliveryTokens tokens)
    {
        var size = target.ClaimSize;
        var claimed = await session.ClaimAsync(slice, size, tokens.Stopping).ConfigureAwait(false);
        var batch = new DeliveredBatch(claimed.Count) { IsFull = claimed.Count >= size };
        if (claimed.Count > 0)
        {
            if (!Unnoted.Any || !Unnoted.TryRecall(target.Handler, claimed, batch))
                await target.DeliverAsync(outbox.Name, claimed, batch, tokens).ConfigureAwait(false);
            await CompleteAsync(batch, tokens.GivingUp).ConfigureAwait(false);
        }

        _idle.Note(batch);
        RoundDone();
        return batch;
    }

    private async Task CompleteAsync(DeliveredBatch batch, CancellationToken givingUp)
    {
        using var late = givingUp.IsCancellationRequested ? new CancellationTokenSource(NoteTimeout) : null;
        try
        {
            await session.CompleteAsync(slice, batch.Published, batch.Failed, late?.Token ?? givingUp).ConfigureAwait(false);
        }
        catch
        {
            Unnoted.Add(target.Handler, batch);
            throw;
        }

        if (Unnoted.Any)
            Unnoted.Forget(target.Handler, batch);
    }
}
