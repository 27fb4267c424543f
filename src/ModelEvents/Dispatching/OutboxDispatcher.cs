using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Moves the events of one outbox to the publisher and to handlers: joins its dispatching, runs the workers of each, and
/// starts over when the session is lost. Next stop: <see cref="DispatchWorker"/>.
/// </summary>
internal sealed class OutboxDispatcher(IOutboxReader outbox, DispatchContext context)
{
    private readonly Outage _outage = new(
        (reason, exception) => Log.OutboxAway(context.Log, exception, outbox.Name, reason),
        () => Log.OutboxBack(context.Log, outbox.Name));

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
                await TogetherAsync(AllWorkers(session), (worker, over) => worker.DrainAsync(over), givingUp)
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
            await using (session.ConfigureAwait(false))
            {
                await TogetherAsync(AllWorkers(session), (worker, over) => worker.RunAsync(over, givingUp), stopping)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            _outage.Begin(exception.Message, exception);

            // One that held for long starts the rests over; one that broke at once lengthens them.
            if (context.Time.GetElapsedTime(opened) <= context.Options.MaxOutageDelay)
                throw;
        }
    }

    private DispatchWorker[] AllWorkers(IOutboxSession session) =>
        [.. context.Targets.SelectMany(target => WorkersOf(target, session))];

    private IEnumerable<DispatchWorker> WorkersOf(IDispatchTarget target, IOutboxSession session) =>
        Enumerable.Range(0, target.Workers)
            .Select(index => new LaneSlice(index, target.Workers) { Handler = target.Handler })
            .Select(slice => new DispatchWorker(outbox, session, slice, target, context) { RoundDone = _outage.End });

    /// <summary>Runs the workers until all are done; when one fails the others finish what they have in flight.</summary>
    private static async Task TogetherAsync(
        DispatchWorker[] workers, Func<DispatchWorker, CancellationToken, Task> run, CancellationToken ending)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ending);
        await Task.WhenAll(workers.Select(worker => Task.Run(() => UntilOverAsync(worker), CancellationToken.None)))
            .ConfigureAwait(false);

        async Task UntilOverAsync(DispatchWorker worker)
        {
            try
            {
                await run(worker, over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // The end was asked for: by the host, or by another worker that failed and is the one to report.
            }
            catch
            {
                await over.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
