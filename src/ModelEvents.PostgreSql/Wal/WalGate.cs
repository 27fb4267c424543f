using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>
/// Holds events back until their transaction can be seen: the server sends its log when it is on disk, while the commit may
/// still wait for a standby (<c>synchronous_standby_names</c>), and a failover takes such a transaction back. Asks for a
/// snapshot only where the last one does not show what was read, once for all that was read until then.
/// </summary>
internal sealed class WalGate(
    WalSnapshots snapshots, WalPacks packs, TargetQueues events, Action settled, TimeProvider time, CancellationToken closing)
    : IAsyncDisposable
{
    // Between looks at the same transactions: as long as they have waited. They leave within the longest of these after they
    // can be seen.
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);

    // A look begins at once, and what comes meanwhile shares the next: up to some of them, then one in an interval. Under load
    // transactions share a look.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan MostAhead = TimeSpan.FromMilliseconds(10);

    // Then the connection is for others.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _asked = new(0);
    private readonly GatedQueue _queue = new();

    /// <inheritdoc cref="GatedQueue.IsEmpty"/>
    public bool IsEmpty => _queue.IsEmpty;

    /// <inheritdoc cref="GatedQueue.IsBehind"/>
    public bool IsBehind => _queue.IsBehind;

    /// <summary>What waits here and for the workers.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting
    {
        get
        {
            var (here, there) = (_queue.Waiting, events.Waiting);
            return (here.Count + there.Count, here.Oldest < there.Oldest ? here.Oldest : there.Oldest ?? here.Oldest);
        }
    }

    /// <summary>
    /// Takes events that were read: to the workers where the last snapshot shows their transaction and nothing waits. Then
    /// waits until there is room for more.
    /// </summary>
    public async Task AddAsync(LogEvents read, WalTransaction transaction, CancellationToken cancellationToken)
    {
        var added = new GatedEvents(read.Events as ModelEvent[] ?? [.. read.Events], read.Failed, transaction);
        if (_queue.TryHold(added, out var room))
            Ask();
        else
            await HandOnAsync([await PartOfAsync(added).ConfigureAwait(false)], added.Failed).ConfigureAwait(false);
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        await events.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a transaction that is being read can be seen.</summary>
    public async Task UntilShownAsync(WalTransaction transaction, CancellationToken cancellationToken)
    {
        // Once: a commit can be held for minutes, and who asks is answered at once.
        if (_queue.NextLook(transaction) is not null)
            Ask();
        while (_queue.NextLook(transaction) is { } look)
            await look.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks whenever something waits, and now and then for packs.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (began, due) = (time.GetTimestamp(), TimeSpan.Zero);
        var looked = began;
        while (true)
        {
            await AskedAsync(cancellationToken).ConfigureAwait(false);
            await LookAsync(cancellationToken).ConfigureAwait(false);

            // However often others are seen meanwhile.
            if (IsLong(_queue.OldestSince) && IsLong(looked))
            {
                await snapshots.ThrowIfAwaitedAsync(cancellationToken).ConfigureAwait(false);
                looked = time.GetTimestamp();
            }

            await events.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            var now = time.GetElapsedTime(began);
            due = (due > now - MostAhead ? due : now - MostAhead) + Interval;
            if (due > now)
                await Task.Delay(due - now, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await snapshots.DisposeAsync().ConfigureAwait(false);
        _asked.Dispose();
    }

    private bool IsLong(long? since) => since is { } timestamp && time.GetElapsedTime(timestamp) >= LongestRest;

    private void Ask()
    {
        if (_asked.CurrentCount == 0)
            _asked.Release();
    }

    /// <summary>Waits until something was read, or the rest is over.</summary>
    private async Task AskedAsync(CancellationToken cancellationToken)
    {
        if (_queue.YoungestSince is { } since)
        {
            await _asked.WaitAsync(RestOf(since), cancellationToken).ConfigureAwait(false);
            return;
        }

        var interval = packs.Interval;
        var idle = interval < IdleTimeout ? interval : IdleTimeout;
        if (await _asked.WaitAsync(idle, cancellationToken).ConfigureAwait(false) || interval <= IdleTimeout)
            return;

        await snapshots.CloseAsync().ConfigureAwait(false);
        await _asked.WaitAsync(interval, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan RestOf(long since)
    {
        var waited = time.GetElapsedTime(since);
        return waited < FirstRest ? FirstRest : waited < LongestRest ? waited : LongestRest;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var (held, wasBehind) = (_queue.Held, _queue.IsBehind);
        var (snapshot, hasPacks) = await snapshots.TakeAsync(cancellationToken).ConfigureAwait(false);
        if (hasPacks ?? !wasBehind)
            await packs.TakeAsync(_queue.Last, cancellationToken).ConfigureAwait(false);

        var shown = _queue.TakeShown(snapshot, held);
        if (shown.Count > 0 || _queue.IsEmpty)
            await snapshots.EndUnlessAwaitedAsync(snapshots.Sender, cancellationToken).ConfigureAwait(false);
        if (shown.Count == 0)
            return;

        var parts = new List<(ModelEvent[], EventGroup)>(shown.Count);
        foreach (var one in shown)
            parts.Add(await PartOfAsync(one).ConfigureAwait(false));
        await HandOnAsync(parts, [.. shown.SelectMany(one => one.Failed)]).ConfigureAwait(false);
        _queue.HandedOn(shown);
    }

    private async Task HandOnAsync(
        IReadOnlyList<(ModelEvent[], EventGroup)> shown, IReadOnlyList<FailedEvent> failed)
    {
        await events.AddAsync(shown, failed, closing).ConfigureAwait(false);
        if (events.HasFollowing)
            settled();
    }

    private async ValueTask<(ModelEvent[], EventGroup)> PartOfAsync(GatedEvents one) => (
        one.Failed.Count > 0
            ? one.Events
            : await packs.LiftAsync(one.Events, one.Transaction, closing).ConfigureAwait(false),
        one.Transaction);
}
