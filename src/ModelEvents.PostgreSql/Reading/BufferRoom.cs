namespace ModelEvents.Outbox;

/// <summary>How much room a buffer has left: it is full with so many events, or with so many bytes of bodies.</summary>
internal sealed class BufferRoom(int capacity, long maxBytes = 64 << 20)
{
    private TaskCompletionSource? _awaited;
    private int _count;
    private long _bytes;

    /// <summary>How many more events there is room for.</summary>
    public int Left => IsFull ? 0 : capacity - _count;

    public bool IsFull => _count >= capacity || _bytes >= maxBytes;

    public void Take(ModelEvent one)
    {
        _count++;
        _bytes += one.Body.Length;
    }

    public void GiveBack(ModelEvent one)
    {
        _count--;
        _bytes -= one.Body.Length;
    }

    /// <summary>Ends once there is room, for all who wait.</summary>
    public Task UntilAnyAsync()
    {
        if (!IsFull)
            return Task.CompletedTask;

        _awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _awaited.Task;
    }

    /// <summary>Lets who waits for room go on if there is any.</summary>
    public void Tell()
    {
        if (IsFull)
            return;

        _awaited?.TrySetResult();
        _awaited = null;
    }
}
