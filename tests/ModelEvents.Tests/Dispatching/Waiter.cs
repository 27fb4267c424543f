namespace ModelEvents.Tests.Dispatching;

/// <summary>
/// A wake-up with a time limit on a manual clock. A wake-up takes its timer off the clock before it returns, so that
/// whoever advances the clock sees at once that nobody sleeps.
/// </summary>
internal sealed class Waiter(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<bool>? _waiting;
    private ITimer? _timer;
    private bool _woken;

    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_woken)
            {
                _woken = false;
                return true;
            }

            _waiting = waiting;
            _timer = clock.CreateTimer(_ => End(waiting, woken: false), null, atMost, Timeout.InfiniteTimeSpan);
        }

        await using var cancelled = cancellationToken.Register(() =>
        {
            End(waiting, woken: null);
            waiting.TrySetCanceled(cancellationToken);
        });
        return await waiting.Task;
    }

    public void Wake()
    {
        TaskCompletionSource<bool>? waiting;
        lock (_lock)
        {
            waiting = _waiting;
            _woken = waiting is null;
        }

        if (waiting is not null)
            End(waiting, woken: true);
    }

    private void End(TaskCompletionSource<bool> waiting, bool? woken)
    {
        lock (_lock)
        {
            if (_waiting != waiting)
                return;

            _waiting = null;
            _timer?.Dispose();
        }

        if (woken is { } answer)
            waiting.TrySetResult(answer);
    }
}
