using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Lets go of the events of one outbox that are parked until a queue is bound: one of each name at intervals, to see whether
/// there is a queue, and all of a name once there is.
/// </summary>
internal sealed class HeldEvents(IOutboxReader outbox, ExchangeWatch exchanges, DispatchContext context)
{
    private const string Broker = "";
    private const int FewestListed = 1000;
    private const int MostListed = 10_000;

    private readonly LaneSignals _heardAgain = new(context.Time);
    private volatile TaskCompletionSource _heldBack = NewSignal();
    private int _listed = FewestListed;
    private bool _isMore;

    /// <summary>
    /// Finds what another process has held. Comes before anything is published: what that may be is held too from then on.
    /// </summary>
    /// <exception cref="Exception">They cannot be read: to publish without would lose what is held from then on.</exception>
    public async Task BeginAsync(CancellationToken over) => _isMore = await LookAsync(over).ConfigureAwait(false);

    /// <summary>Finds what the process has held whose events a session is about to take over.</summary>
    /// <exception cref="Exception">They cannot be read.</exception>
    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        OnHeardAgain();
    }

    /// <summary>Finds what other processes have held, to know what it means that no queue receives an event.</summary>
    /// <exception cref="Exception">They cannot be read.</exception>
    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        var (held, _) = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (held.Count == 0)
            return;

        exchanges.NoteHeld(outbox.Name, held);
        OnHeldBack();
    }

    /// <summary>Looks after them until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken over)
    {
        exchanges.HeldBack += OnHeldBack;
        exchanges.HeardAgain += OnHeardAgain;
        try
        {
            while (!over.IsCancellationRequested)
            {
                if (!_isMore)
                    await WaitAsync(over).ConfigureAwait(false);

                // Before the look, so that nothing is missed that is held or heard while it lasts.
                _heldBack = NewSignal();
                _heardAgain.Take(LaneSet.All);
                _isMore = await TryLookAsync(over).ConfigureAwait(false);
            }
        }
        catch (Exception) when (over.IsCancellationRequested)
        {
            // The session is over, or the program stops: whatever a driver throws when it is interrupted.
        }
        finally
        {
            exchanges.HeldBack -= OnHeldBack;
            exchanges.HeardAgain -= OnHeardAgain;
        }
    }

    private async Task WaitAsync(CancellationToken over)
    {
        if (!exchanges.Holds(outbox.Name))
            await _heldBack.Task.WaitAsync(over).ConfigureAwait(false);
        await _heardAgain.WaitAsync(LaneSet.All, context.Options.MaxOutageDelay, over).ConfigureAwait(false);
    }

    /// <summary>Looks once; returns whether there is more to let go at once.</summary>
    private async Task<bool> TryLookAsync(CancellationToken over)
    {
        try
        {
            return await LookAsync(over).ConfigureAwait(false);
        }
        catch (Exception exception) when (!over.IsCancellationRequested)
        {
            // Whoever dispatches finds out about an outbox that is away.
            Log.HeldNotRead(context.Log, exception, outbox.Name);
            OnHeldBack();
            return false;
        }
    }

    private async Task<bool> LookAsync(CancellationToken over)
    {
        var (held, isCut) = await ListAsync(over).ConfigureAwait(false);

        // Behind many that are parked for other reasons there may be some: that none was found says nothing then.
        if (held.Count > 0 || !isCut)
            exchanges.NoteHeld(outbox.Name, held);
        if (held.Count == 0)
            return isCut && _listed > FewestListed;

        var due = held.GroupBy(one => (one.Service, one.Name)).SelectMany(DueOf).ToArray();
        await outbox.RetryParkedAsync(due, Broker, over).ConfigureAwait(false);
        return isCut && due.Length == held.Count;
    }

    private async Task<(IReadOnlyList<HeldEvent> Held, bool IsCut)> ListAsync(CancellationToken over)
    {
        if (outbox is IHeldReader reader)
        {
            var listed = await reader.ListHeldAsync(MostListed, over).ConfigureAwait(false);
            return (listed, listed.Count >= MostListed);
        }

        var parked = await outbox.ListParkedAsync(_listed, Broker, over).ConfigureAwait(false);
        HeldEvent[] held =
        [
            .. parked.Where(HeldText.Explains).Select(one => new HeldEvent(one.Event.Id, one.Event.Service, one.Event.Name)),
        ];
        var isCut = parked.Count >= _listed;
        _listed = isCut && held.Length == 0 && _listed < MostListed ? MostListed : FewestListed;
        return (held, isCut);
    }

    private IEnumerable<Guid> DueOf(IGrouping<(string Service, string Name), HeldEvent> held) =>
        held.Take(exchanges.MayGo(held.Key.Service, held.Key.Name) ? held.Count() : 1).Select(one => one.Id);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnHeldBack() => _heldBack.TrySetResult();

    // Also where nothing seems to be held: an event that was being tried may have been parked since.
    private void OnHeardAgain()
    {
        OnHeldBack();
        _heardAgain.Raise(LaneSet.All);
    }
}
