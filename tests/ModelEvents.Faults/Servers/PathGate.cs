namespace ModelEvents.Faults.Servers;

/// <summary>Lets bytes of one direction through, or holds them.</summary>
internal sealed class PathGate
{
    private volatile TaskCompletionSource? _closed;

    public void Close() => _closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        var closed = _closed;
        _closed = null;
        closed?.SetResult();
    }

    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (_closed is { } closed)
            await closed.Task.WaitAsync(cancellationToken);
    }
}
