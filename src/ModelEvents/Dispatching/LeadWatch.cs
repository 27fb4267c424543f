using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Gives up the lead of an outbox while its process cannot reach the broker and another waits, which perhaps can.
/// </summary>
internal sealed class LeadWatch(ILeadSession session, BrokerReach reach, TimeProvider time)
{
    /// <summary>For how long somebody else has the time to take it.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A broker that confirmed nothing for long may be back when that is found out: to try again is quicker than another.
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(2);

    private bool IsInVain => session.LeadsSince is { } since
        && time.GetElapsedTime(since) >= Patience && reach.AwayFor(since) >= Patience && reach.KnownFor >= LastTry;

    /// <summary>Watches until it throws, or is cancelled.</summary>
    /// <exception cref="LeadGivenUpException">It is time to.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await reach.UntilAwayAsync(cancellationToken).ConfigureAwait(false);
            if (IsInVain && await IsAwaitedAsync(cancellationToken).ConfigureAwait(false))
                throw new LeadGivenUpException(reach.Reason);

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsAwaitedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await session.IsAwaitedAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The database cannot be asked now. Whether the session is lost is found out by who uses it.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
