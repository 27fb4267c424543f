namespace ModelEvents.Outbox;

/// <summary>Lets somebody wait until what is done by now is noted by the one loop that does so.</summary>
internal sealed class NoteSignal
{
    private TaskCompletionSource? _awaited;

    /// <summary>To be called by who waits, before the loop is woken.</summary>
    public Task Next()
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _awaited, awaited);
        return awaited.Task;
    }

    /// <summary>What waits now; to be asked for before anything is noted, and completed after.</summary>
    public TaskCompletionSource? Take() => Interlocked.Exchange(ref _awaited, null);
}
