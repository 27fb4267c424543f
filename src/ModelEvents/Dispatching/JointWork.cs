using System.Runtime.ExceptionServices;

namespace ModelEvents.Dispatching;

/// <summary>
/// What goes on in one session: ends for all when one fails. As the session is lost then, the others finish what they publish and
/// leave what is being handled, which may take long.
/// </summary>
internal sealed class JointWork : IDisposable
{
    // What is being handled when a shutdown gives up is told so, and may take so long to end. So it may when the lead is given up:
    // who leads then handles again what is not noted.
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    // So long the broker may still confirm what it was sent when the lead is given up.
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _over;
    private readonly CancellationTokenSource _handling;
    private readonly CancellationTokenSource _leaving;
    private readonly CancellationTokenSource _publishing;
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenRegistration _late;
    private readonly DeliveryTokens _tokens;
    private Exception? _first;

    public JointWork(TimeProvider time, CancellationToken stopping, CancellationToken givingUp)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _handling = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(_handling.Token);
        _publishing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(_publishing.Token, givingUp);
        _late = givingUp.Register(() => _leaving.CancelAfter(LeaveTimeout));
        _tokens = new DeliveryTokens(_over.Token, _leaving.Token, _ending.Token, givingUp);
    }

    /// <summary>Runs until all are done, and throws the first failure: others may follow from it.</summary>
    public async Task RunAsync(IEnumerable<Func<DeliveryTokens, Task>> works)
    {
        await Task.WhenAll(works.Select(work => Task.Run(() => UntilOverAsync(work), CancellationToken.None)))
            .ConfigureAwait(false);
        if (_first is not null)
            ExceptionDispatchInfo.Throw(_first);
    }

    public void Dispose()
    {
        _late.Dispose();
        _ending.Dispose();
        _publishing.Dispose();
        _leaving.Dispose();
        _handling.Dispose();
        _over.Dispose();
    }

    private async Task UntilOverAsync(Func<DeliveryTokens, Task> work)
    {
        try
        {
            await work(_tokens).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The end was asked for: by the host, or by another that failed and is the one to report.
        }
        catch (Exception exception)
        {
            if (Interlocked.CompareExchange(ref _first, exception, null) is null)
                await EndAsync(exception).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Exception reason)
    {
        await _over.CancelAsync().ConfigureAwait(false);
        if (reason is not LeadGivenUpException)
        {
            await _leaving.CancelAsync().ConfigureAwait(false);
            return;
        }

        _publishing.CancelAfter(ConfirmTimeout);
        _handling.CancelAfter(LeaveTimeout);
    }
}
