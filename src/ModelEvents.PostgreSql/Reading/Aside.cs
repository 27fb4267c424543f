namespace ModelEvents.Outbox;

/// <summary>
/// Keeps <see cref="EventBuffer"/> and the table in step: moves what failed there with all that follows on its entity, and
/// lets an entity go when its last event has left the table. One step at a time.
/// </summary>
internal sealed class Aside(EventBuffer buffer, AsideEvents table, AsideAgenda agenda) : IDisposable
{
    // So many are put into the table even before they are asked to be.
    private const int MostFollowing = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<ModelEvent> _following = [];
    private readonly List<FailedEvent> _unfit = [];
    private bool _followsAtOnce;
    private volatile bool _hasFollowing;

    /// <summary>Whether events that were read are on their way to the table.</summary>
    public bool HasFollowing => _hasFollowing;

    /// <summary>The due events of <paramref name="lanes"/> in the table.</summary>
    public async Task<List<OutboxEntry>> ClaimAsync(
        LaneSlice slice, LaneSet lanes, int max, CancellationToken cancellationToken)
    {
        if (!buffer.HasAside || !agenda.IsDue(slice))
            return [];

        var claimed = await table.ClaimAsync(lanes, max, cancellationToken).ConfigureAwait(false);
        agenda.Looked(slice, any: claimed.Count > 0);
        return claimed;
    }

    /// <summary>Puts events that failed into the table, with what follows, and takes published ones out of it.</summary>
    public async Task CompleteAsync(
        LaneSlice slice,
        List<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        if (published.Count + failed.Count == 0)
            return;

        await InTurnAsync(
            async () =>
            {
                await SaveFollowingAsync().ConfigureAwait(false);
                var read = failed.Select(one => one.Event).Where(buffer.Has);
                var added = read.SelectMany(buffer.SetAside).ToList();
                await table.SaveAsync(added, published, failed, cancellationToken).ConfigureAwait(false);
                buffer.Settle(added);
                buffer.LeftTable(published);
            },
            cancellationToken).ConfigureAwait(false);

        foreach (var rest in failed.Select(one => one.RetryAfter).OfType<TimeSpan>())
            agenda.LookAfter(slice, rest);
    }

    /// <summary>
    /// Takes events that were read, and returns their lanes. Those that go to the table do so together with others
    /// (<see cref="FollowAsync"/>): who reads one event after the other must not wait for a transaction for each.
    /// </summary>
    public async Task<LaneSet> AddAsync(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read,
        IReadOnlyList<FailedEvent> failed,
        Overflow overflow,
        CancellationToken closing)
    {
        var lanes = LaneSet.None;
        await InTurnAsync(
            async () =>
            {
                (lanes, var following) = buffer.Add(read, failed, overflow);
                _following.AddRange(following);
                _unfit.AddRange(failed);
                _followsAtOnce |= following.Count > 0 && overflow != Overflow.Stays;
                _hasFollowing = _following.Count > 0;
                if (_following.Count >= MostFollowing)
                    await SaveFollowingAsync().ConfigureAwait(false);
            },
            closing).ConfigureAwait(false);
        return lanes;
    }

    /// <summary>Puts events into the table that were read for it.</summary>
    public Task FollowAsync(CancellationToken cancellationToken) =>
        HasFollowing ? InTurnAsync(SaveFollowingAsync, cancellationToken) : Task.CompletedTask;

    /// <summary>Moves what waits in memory to the table, with all that follows on its entities.</summary>
    public async Task MoveAsync(Func<EventGroup, bool> which, CancellationToken cancellationToken)
    {
        await InTurnAsync(
            async () =>
            {
                await SaveFollowingAsync().ConfigureAwait(false);
                var moved = buffer.SetAside(which);
                if (moved.Count == 0)
                    return;

                await table.SaveAsync(moved, [], [], CancellationToken.None).ConfigureAwait(false);
                buffer.Settle(moved);
                agenda.Added();
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Counts what is in the table, which others may have changed.</summary>
    public async Task CountAsync(CancellationToken cancellationToken)
    {
        var took = TimeSpan.Zero;
        await InTurnAsync(
            async () =>
            {
                await SaveFollowingAsync().ConfigureAwait(false);
                var began = agenda.Now;
                buffer.SetAside(await table.CountAsync(cancellationToken).ConfigureAwait(false));
                took = agenda.Now - began;
            },
            cancellationToken).ConfigureAwait(false);
        agenda.Counted(took);
    }

    /// <summary>Waits until a step that has begun is finished, and puts into the table what is on its way there.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => InTurnAsync(SaveFollowingAsync, cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task SaveFollowingAsync()
    {
        if (_following.Count == 0)
            return;

        await table.SaveAsync(_following, [], _unfit, CancellationToken.None).ConfigureAwait(false);
        buffer.Settle(_following);
        if (_followsAtOnce)
            agenda.Added();
        _following.Clear();
        _unfit.Clear();
        (_hasFollowing, _followsAtOnce) = (false, false);
    }

    private async Task InTurnAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await step().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
