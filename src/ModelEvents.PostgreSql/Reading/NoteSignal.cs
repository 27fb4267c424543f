namespace ModelEvents.Outbox;

/// <summary>Lets somebody wait until what is done by now is noted by the one loop that does so.</summary>
internal sealed class NoteSignal
{
    private TaskCompletionSource? _awaited;

    /// <summary>Wakes the loop, and waits until it has noted or ended.</summary>
    public async Task WaitAsync(Action wake, Task loop, CancellationToken cancellationToken)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _awaited, awaited);
        wake();
        await Task.WhenAny(awaited.Task, loop).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What waits now; to be asked for before anything is noted, and completed after.</summary>
    public TaskCompletionSource? Take() => Interlocked.Exchange(ref _awaited, null);
}
