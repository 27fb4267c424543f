using System.Diagnostics.CodeAnalysis;

namespace ModelEvents.Outbox;

/// <summary>Wakes the reader of the packs: at once when there may be new ones, a little later when some are done.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A save may ask while its session is closed.")]
internal sealed class PackAgenda(TimeSpan pollInterval, TimeProvider time)
{
    // Packs that are done close to each other are deleted together.
    private static readonly TimeSpan DeleteInterval = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _any = new(0);
    private readonly SemaphoreSlim _reads = new(0);
    private long _lastRead = time.GetTimestamp();

    private TimeSpan UntilNextPoll
    {
        get
        {
            var left = pollInterval - time.GetElapsedTime(_lastRead);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void AskToRead()
    {
        Ask(_reads);
        Ask(_any);
    }

    public void AskToDelete() => Ask(_any);

    /// <summary>
    /// Waits until there is something to do; returns whether that is to read. So it is when the poll interval is over.
    /// </summary>
    /// <param name="atMost">For how long.</param>
    /// <param name="readsOnceThereIsRoom">Whether to read, now that events are done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> WaitAsync(
        TimeSpan atMost, Func<bool> readsOnceThereIsRoom, CancellationToken cancellationToken)
    {
        var untilPoll = UntilNextPoll;
        var isAsked = await _any.WaitAsync(untilPoll < atMost ? untilPoll : atMost, cancellationToken).ConfigureAwait(false);
        var reads = (!isAsked && untilPoll <= atMost)
            || readsOnceThereIsRoom()
            || (isAsked && await _reads.WaitAsync(DeleteInterval, cancellationToken).ConfigureAwait(false))
            || UntilNextPoll == TimeSpan.Zero;

        // What is asked for from here on is for the next time.
        Take(_any);
        reads |= Take(_reads);
        if (reads)
            _lastRead = time.GetTimestamp();

        return reads;
    }

    /// <summary>Waits until there may be new packs, however long.</summary>
    public Task UntilAskedToReadAsync(CancellationToken cancellationToken) => _reads.WaitAsync(cancellationToken);

    private static void Ask(SemaphoreSlim what)
    {
        if (what.CurrentCount == 0)
            what.Release();
    }

    private static bool Take(SemaphoreSlim what)
    {
        var any = false;
        while (what.Wait(0))
            any = true;

        return any;
    }
}
