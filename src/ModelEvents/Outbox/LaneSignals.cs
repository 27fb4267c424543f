namespace ModelEvents.Outbox;

/// <summary>
/// Says which lanes may have due events. Whoever looks takes the signal first and looks then, so that a signal raised while
/// it looks is kept.
/// </summary>
internal sealed class LaneSignals(TimeProvider time)
{
    private readonly Lock _lock = new();
    private ulong _raised;
    private TaskCompletionSource _change = New();

    public void Raise(LaneSet lanes)
    {
        if ((Volatile.Read(ref _raised) & lanes.Bits) == lanes.Bits)
            return;

        TaskCompletionSource change;

        lock (_lock)
        {
            _raised |= lanes.Bits;
            (change, _change) = (_change, New());
        }

        change.SetResult();
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

        while (true)
        {
            Task change;

            lock (_lock)
            {
                if ((_raised & lanes.Bits) != 0)
                    return true;

                change = _change.Task;
            }

            var left = atMost - time.GetElapsedTime(began);

            if (left <= TimeSpan.Zero || !await CompletesAsync(change, left, cancellationToken).ConfigureAwait(false))
                return false;
        }
    }

    /// <summary>Waits until any lane is raised and takes the signal.</summary>
    public async Task TakeNextAsync(CancellationToken cancellationToken)
    {
        while (!await WaitAsync(LaneSet.All, TimeSpan.FromDays(1), cancellationToken).ConfigureAwait(false))
        {
        }

        Take(LaneSet.All);
    }

    private async Task<bool> CompletesAsync(Task change, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
