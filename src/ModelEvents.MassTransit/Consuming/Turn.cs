namespace ModelEvents.Consuming;

/// <summary>A message's place among those of its key.</summary>
/// <param name="key">What is kept in order; without one it is this message's turn at once.</param>
internal sealed class Turn((string Model, string Key)? key)
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public (string Model, string Key)? Key => key;

    public Task Started => _started.Task;

    public void Start() => _started.TrySetResult();
}
