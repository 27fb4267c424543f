namespace ModelEvents.Testing.Bakery;

/// <summary>A host that several tests share, started by the first one that needs it.</summary>
public sealed class SharedBakery : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _visited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BakeryHost Host { get; } = new();

    /// <summary>Starts the host, and returns when another test has used it.</summary>
    public async Task StartAsync()
    {
        Host.StartServer();
        _started.SetResult();
        await _visited.Task.WaitAsync(Patience);
    }

    /// <summary>Saves in a request and in the background while the test that started the host still runs.</summary>
    public async Task<(IReadOnlyList<string> OfRequest, IReadOnlyList<string> InBackground)> VisitAsync()
    {
        await _started.Task.WaitAsync(Patience);
        await Host.RequestAsync("request");
        await Host.Oven.BakeAsync("background");
        _visited.SetResult();
        return (Host.EventsOf("request"), Host.EventsOf("background"));
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
