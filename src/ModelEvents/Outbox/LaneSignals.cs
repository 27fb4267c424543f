using System.Diagnostics.CodeAnalysis;

namespace ModelEvents.Outbox;

/// <summary>
/// Says which lanes may have due events. Whoever looks takes the signal first and looks then, so that a signal raised while
/// it looks is kept.
/// </summary>
internal sealed class LaneSignals(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiters = [];
    private ulong _raised;

    public void Raise(LaneSet lanes)
    {
        if ((Volatile.Read(ref _raised) & lanes.Bits) == lanes.Bits)
            return;

        lock (_lock)
        {
            _raised |= lanes.Bits;
            foreach (var waiter in _waiters)
            {
                if ((waiter.Lanes.Bits & lanes.Bits) != 0)
                    waiter.TrySetResult();
            }
        }
    }

    public bool IsRaised(LaneSet lanes) => (Volatile.Read(ref _raised) & lanes.Bits) != 0;

    /// <summary>Takes back the signals of <paramref name="lanes"/> and returns which of them were raised.</summary>
    public LaneSet Take(LaneSet lanes)
    {
        lock (_lock)
        {
            var taken = _raised & lanes.Bits;
            _raised -= taken;
            return new LaneSet(taken);
        }
    }

    /// <summary>Waits until one of <paramref name="lanes"/> is raised; returns <see langword="false"/> if none is in time.</summary>
    public async Task<bool> WaitAsync(LaneSet lanes, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var left = atMost; left > TimeSpan.Zero; left = atMost - time.GetElapsedTime(began))
        {
            if (!TryJoin(lanes, out var waiter))
                return true;
            if (!await CompletesAsync(waiter, left, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return IsRaised(lanes);
    }

    /// <summary>Waits until any lane is raised and takes the signal.</summary>
    public async Task TakeNextAsync(CancellationToken cancellationToken)
    {
        while (!await WaitAsync(LaneSet.All, TimeSpan.FromDays(1), cancellationToken).ConfigureAwait(false))
        {
        }

        Take(LaneSet.All);
    }

    /// <summary>Joins those who wait, unless one of the lanes is raised.</summary>
    private bool TryJoin(LaneSet lanes, [NotNullWhen(true)] out Waiter? waiter)
    {
        lock (_lock)
        {
            waiter = (_raised & lanes.Bits) == 0 ? new Waiter(lanes) : null;
            if (waiter is not null)
                _waiters.Add(waiter);
            return waiter is not null;
        }
    }

    private async Task<bool> CompletesAsync(Waiter waiter, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Task.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_lock)
                _waiters.Remove(waiter);
        }
    }

    /// <summary>Who waits for some lanes: the others are left asleep.</summary>
    private sealed class Waiter(LaneSet lanes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LaneSet Lanes => lanes;
    }
}
