using ModelEvents.Diagnostics;
using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Moves the events of one outbox to the publisher and to handlers: joins its dispatching, runs the workers of each, and
/// starts over when the session is lost. Next stop: <see cref="DispatchWorker"/>.
/// </summary>
internal sealed class OutboxDispatcher(IOutboxReader outbox, DispatchContext context, ExchangeWatch exchanges)
{
    private readonly Outage _outage = new(
        (reason, exception) => Log.OutboxAway(context.Log, exception, outbox.Name, reason),
        () => Log.OutboxBack(context.Log, outbox.Name));

    private readonly UnnotedEvents _unnoted = new(context.Time);
    private readonly UnnotedReport _notes = new(outbox.Name, context);

    // Beyond the outage: a session may serve one round and break in the next, again and again.
    private volatile bool _isAway;

    /// <summary>
    /// Dispatches until <paramref name="stopping"/> is cancelled; what is in flight then is finished, unless
    /// <paramref name="givingUp"/> is cancelled too.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        var untilServed = OutagePipeline.Create(context.Options, context.Time);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await untilServed.ExecuteAsync(async _ => await ServeAsync(stopping, givingUp).ConfigureAwait(false), stopping)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.Stopped(context.Log, outbox.Name);
        }
        catch (Exception exception) when (stopping.IsCancellationRequested)
        {
            Log.LostWhileStopping(context.Log, exception, outbox.Name);
        }
    }

    /// <summary>
    /// Delivers what waits in memory and would be lost with the process, when nothing dispatches any more, until nothing is
    /// left to deliver or to retry or <paramref name="givingUp"/> is cancelled.
    /// </summary>
    public async Task DrainAsync(CancellationToken givingUp)
    {
        try
        {
            var session = await outbox.OpenAsync(givingUp).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await TogetherAsync(session, (worker, tokens) => worker.DrainAsync(tokens), givingUp, givingUp)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Log.LostFromMemory(context.Log, exception, outbox.Name);
        }
    }

    private async Task ServeAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        var opened = context.Time.GetTimestamp();
        try
        {
            var session = await outbox.OpenAsync(stopping).ConfigureAwait(false);
            try
            {
                await using (session.ConfigureAwait(false))
                {
                    await NoteAsync(session, stopping).ConfigureAwait(false);
                    await WatchedAsync(
                        session,
                        () => TogetherAsync(session, outbox.IsDurable ? RunAsync : RunAndDrainAsync, stopping, givingUp),
                        stopping).ConfigureAwait(false);
                }
            }
            finally
            {
                _unnoted.Add(session);
            }
        }
        catch (LeadGivenUpException exception) when (!stopping.IsCancellationRequested)
        {
            Log.LeadGivenUp(context.Log, outbox.Name, exception.Message);
            context.Reach.GaveUp();
            await Task.Delay(LeadWatch.Rest, context.Time, stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            if (_notes.Tells(exception))
                context.Conditions.End(KeyOf(outbox));
            else
                TellAway(exception);

            // One that held for long starts the rests over; one that broke at once lengthens them.
            if (context.Time.GetElapsedTime(opened) <= context.Options.MaxOutageDelay)
                throw;
        }
    }

    /// <summary>While the workers are at it, looks after the events that wait for a queue.</summary>
    private async Task WatchedAsync(IOutboxSession session, Func<Task> work, CancellationToken stopping)
    {
        if (context.Targets.All(target => target.Handler is not null))
        {
            await work().ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var held = new HeldEvents(outbox, exchanges, context);
        if (session is ITakeoverSession takeover)
            takeover.TakingOver = held.TakeOverAsync;
        await held.BeginAsync(over.Token).ConfigureAwait(false);
        exchanges.SetLook(outbox.Name, held.NoteAsync);
        var watching = Task.Run(() => held.WatchAsync(over.Token), CancellationToken.None);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            exchanges.SetLook(outbox.Name, look: null);
            await over.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>Notes what was delivered and could not be noted, before anything else is delivered.</summary>
    private async Task NoteAsync(IOutboxSession session, CancellationToken stopping)
    {
        _unnoted.ForgetOld();
        try
        {
            if (_unnoted.Any)
            {
                foreach (var worker in AllWorkers(session))
                    await worker.NoteAsync(stopping).ConfigureAwait(false);
                if (session is INotingSession noting)
                    await noting.NoteAsync(stopping).ConfigureAwait(false);
            }

            _notes.End();
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            _notes.Begin(exception);
            throw;
        }
    }

    private void TellAway(Exception exception)
    {
        _isAway = true;
        var reason = OutboxFailure.Reason(exception);
        context.Conditions.Begin(
            KeyOf(outbox),
            HealthConditionKind.Outage,
            $"Nothing is read from the outbox '{outbox.Name}': {reason} It is tried again until it works.");
        _outage.Begin(reason, exception);
    }

    private void EndOutage(IOutboxSession session, long opened)
    {
        if (session is IReadingSession { HasRead: false })
            return;

        _outage.End();
        if (!_isAway || context.Time.GetElapsedTime(opened) < context.Options.MaxOutageDelay)
            return;

        _isAway = false;
        context.Conditions.End(KeyOf(outbox));
    }

    private static string KeyOf(IOutboxReader outbox) => $"outbox '{outbox.Name}'";

    private static Task RunAsync(DispatchWorker worker, DeliveryTokens tokens) => worker.RunAsync(tokens);

    /// <summary>Each worker for itself: none of them waits for a handler that hangs before it delivers what is left.</summary>
    private static async Task RunAndDrainAsync(DispatchWorker worker, DeliveryTokens tokens)
    {
        try
        {
            await worker.RunAsync(tokens).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (tokens.Stopping.IsCancellationRequested)
        {
            // It had nothing to do, or rested.
        }

        await worker.DrainAsync(tokens).ConfigureAwait(false);
    }

    private DispatchWorker[] AllWorkers(IOutboxSession session) =>
        [.. context.Targets.SelectMany(target => WorkersOf(target, session))];

    private IEnumerable<DispatchWorker> WorkersOf(IDispatchTarget target, IOutboxSession session)
    {
        var opened = context.Time.GetTimestamp();
        return Enumerable.Range(0, target.Workers)
            .Select(index => new LaneSlice(index, target.Workers) { Handler = target.Handler })
            .Select(slice => new DispatchWorker(outbox, session, slice, target, context)
            {
                RoundDone = () => EndOutage(session, opened),
                Unnoted = _unnoted,
            });
    }

    /// <summary>Runs the workers, and who gives up the lead, until all are done or one fails.</summary>
    private async Task TogetherAsync(
        IOutboxSession session,
        Func<DispatchWorker, DeliveryTokens, Task> run,
        CancellationToken stopping,
        CancellationToken givingUp)
    {
        var works = AllWorkers(session).Select(worker => (Func<DeliveryTokens, Task>)(tokens => run(worker, tokens)));
        if (session is ILeadSession leads)
            works = works.Append(tokens => new LeadWatch(leads, context.Reach, context.Time).RunAsync(tokens.Stopping));
        using var together = new JointWork(context.Time, stopping, givingUp);
        await together.RunAsync(works).ConfigureAwait(false);
    }
}
