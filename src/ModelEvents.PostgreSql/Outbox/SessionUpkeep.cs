namespace ModelEvents.Outbox;

/// <summary>
/// Keeps a session's share of the lanes fair and passes wake-ups on, whether its workers are busy or idle.
/// </summary>
internal sealed class SessionUpkeep(
    PostgreSqlSession session, OutboxListener listener, TimeSpan pollInterval, TimeProvider time) : IAsyncDisposable
{
    // A process that was killed must be replaced within 10 seconds.
    private static readonly TimeSpan PeersInterval = TimeSpan.FromSeconds(4);

    // A notification takes a lock that all commits with notifications share, so a burst of wake-ups sends few.
    private static readonly TimeSpan TellInterval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _asked = new(0);
    private Task _running = Task.CompletedTask;
    private bool _look;
    private bool _tell;

    /// <summary>Called when the session is closed.</summary>
    public required Action<SessionUpkeep> Ended { get; init; }

    public void Start() => _running = Task.WhenAll(
        Task.Run(() => RunAsync(_closing.Token)),
        Task.Run(() => listener.RunAsync(session.Channel, Notified, _closing.Token)));

    /// <summary>Events may have been committed by this process.</summary>
    public void Wake()
    {
        session.Wake();

        if (session.HasPeers)
            Ask(ref _tell);
    }

    public async ValueTask DisposeAsync()
    {
        Ended(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _closing.Dispose();
    }

    private void Notified(string payload)
    {
        if (payload == LockSql.LanesChanged)
            Ask(ref _look);
        else
            session.Wake();
    }

    private void Ask(ref bool what)
    {
        if (!Interlocked.Exchange(ref what, true))
            _asked.Release();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _asked.WaitAsync(UntilNextLook(), cancellationToken).ConfigureAwait(false);
                await LookAsync(cancellationToken).ConfigureAwait(false);
                await TellAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
        catch (Exception exception)
        {
            session.Fail(exception);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var lookedAt = session.LookedAt;

        if (Interlocked.Exchange(ref _look, false))
            await session.LookAsync(cancellationToken).ConfigureAwait(false);
        else if (UntilNextLook() == TimeSpan.Zero)
            await session.LookUnlessDoneAsync(lookedAt, cancellationToken).ConfigureAwait(false);
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        if (!Interlocked.Exchange(ref _tell, false))
            return;

        await session.TellOthersAsync(cancellationToken).ConfigureAwait(false);
        await Task.Delay(TellInterval, time, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan UntilNextLook()
    {
        var interval = session.HasPeers && PeersInterval < pollInterval ? PeersInterval : pollInterval;
        var left = interval - time.GetElapsedTime(session.LookedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
