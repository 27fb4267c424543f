using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// Packs of processes that do not write into the log yet. They are taken into the table before what the same snapshot shows
/// of the log is handed on: events of the log that follow on their entities then do so there.
/// </summary>
internal sealed class WalPacks(
    AsideEvents table, PackUnpacker unpacker, TargetQueues events, TimeSpan pollInterval, TimeProvider time)
{
    // While there are such processes.
    private static readonly TimeSpan ShortInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Entity, long> _entities = [];
    private WalSnapshot _before = WalSnapshot.None;
    private long _next;
    private long _end;
    private long? _takenAt;
    private long _forgottenAt = time.GetTimestamp();
    private long? _refusedAt;

    /// <summary>How often to look for them.</summary>
    public TimeSpan Interval =>
        _takenAt is { } taken && time.GetElapsedTime(taken) < Lasting && ShortInterval < pollInterval
            ? ShortInterval
            : pollInterval;

    /// <summary>Takes those in that wait from before: their events come first.</summary>
    public async Task TakeFirstAsync(CancellationToken cancellationToken)
    {
        while (await table.TakePacksAsync(unpacker, areFirst: true, cancellationToken).ConfigureAwait(false) is { } taken)
        {
            if (taken.Entities.Count > 0)
                _takenAt = time.GetTimestamp();
            if (!taken.IsCut)
                return;
        }
    }

    /// <summary>Takes in what waits, unless another process still reads it.</summary>
    /// <param name="before">The last snapshot: what it shows of the log was committed before what it did not show of them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task TakeAsync(WalSnapshot before, CancellationToken cancellationToken)
    {
        if (_refusedAt is { } refused && time.GetElapsedTime(refused) < ShortInterval)
            return;

        TakenPacks? taken;
        do
        {
            taken = await table.TakePacksAsync(unpacker, areFirst: false, cancellationToken).ConfigureAwait(false);
            Note(taken, before);
        }
        while (taken?.IsCut == true);

        if (taken is null)
            return;

        await events.CountAsync(cancellationToken).ConfigureAwait(false);
        events.WakeAll();
    }

    /// <summary>
    /// Gives events of the log that follow on entities of packs higher numbers than those have: the packs were taken after
    /// the log had given its numbers.
    /// </summary>
    public ValueTask<ModelEvent[]> LiftAsync(
        ModelEvent[] read, WalTransaction transaction, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ForgetOld();
            if (_entities.Count == 0 || _before.Shows(transaction.Id))
                return ValueTask.FromResult(read);
        }

        return LiftAllAsync(read, cancellationToken);
    }

    private async ValueTask<ModelEvent[]> LiftAllAsync(ModelEvent[] read, CancellationToken cancellationToken)
    {
        var lifted = new List<ModelEvent>(read.Length);
        while (!TryLift(read, lifted))
            await TakeMoreAsync(cancellationToken).ConfigureAwait(false);
        return [.. lifted];
    }

    /// <summary>Goes on from where it stopped; returns whether there were numbers for all.</summary>
    private bool TryLift(ModelEvent[] read, List<ModelEvent> lifted)
    {
        lock (_lock)
        {
            foreach (var one in read.AsSpan(lifted.Count))
            {
                var isLow = _end > 0 && one.Sequence < _next && _entities.ContainsKey((one.Model, one.Key));
                if (isLow && _next == _end)
                    return false;
                lifted.Add(isLow ? one with { Sequence = _next++ } : one);
            }
        }

        return true;
    }

    private async Task TakeMoreAsync(CancellationToken cancellationToken)
    {
        var first = await table.TakeNumbersAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException(
                "The role of the connection may not write messages into the log any more, which takes the numbers of events "
                + "that follow on packs. Run \"GRANT EXECUTE ON FUNCTION pg_logical_emit_message\" to it again.");
        lock (_lock)
        {
            // Others may have come with packs meanwhile.
            if (_next == _end && first > _end)
                (_next, _end) = (first, first + AsideSql.MoreNumbers);
        }
    }

    /// <summary>What is written by now, so long after an entity's last packs, has higher numbers than those.</summary>
    private void ForgetOld()
    {
        if (_entities.Count == 0 || time.GetElapsedTime(_forgottenAt) < Lasting)
            return;

        _forgottenAt = time.GetTimestamp();
        foreach (var (entity, _) in _entities.Where(one => time.GetElapsedTime(one.Value) >= Lasting))
            _entities.Remove(entity);
    }

    private void Note(TakenPacks? taken, WalSnapshot before)
    {
        _refusedAt = taken is null ? time.GetTimestamp() : null;
        if (taken is not { Entities.Count: > 0 })
            return;

        _takenAt = time.GetTimestamp();
        lock (_lock)
        {
            ForgetOld();
            foreach (var entity in taken.Entities)
                _entities[entity] = time.GetTimestamp();
            (_before, _next, _end) = (before, taken.Next, taken.End);
        }
    }
}
