namespace ModelEvents.Testing.Bakery;

/// <summary>Lets tests that run in parallel save at the same time: each waits for all others, round after round.</summary>
public sealed class Rounds(int participants)
{
    /// <summary>How often each kind of test is repeated.</summary>
    public const int Count = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private TaskCompletionSource _all = NewRound();
    private int _waiting;

    /// <exception cref="TimeoutException">Another test did not come, now or in an earlier round.</exception>
    public async Task MeetAsync()
    {
        var all = Arrive();
        try
        {
            await all.Task.WaitAsync(Patience);
        }
        catch (TimeoutException missing)
        {
            all.TrySetException(missing);
            throw;
        }
    }

    private TaskCompletionSource Arrive()
    {
        lock (_lock)
        {
            var all = _all;
            if (++_waiting == participants && !all.Task.IsCompleted)
            {
                (_waiting, _all) = (0, NewRound());
                all.SetResult();
            }

            return all;
        }
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
