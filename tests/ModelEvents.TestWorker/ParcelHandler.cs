namespace ModelEvents.TestWorker;

/// <summary>Says which event it has handled and, where it is told so, does not return after its work.</summary>
public sealed class ParcelHandler(WorkerHandling handling) : IEventHandler
{
    /// <inheritdoc />
    public bool Wants(string eventName) => true;

    /// <inheritdoc />
    public async Task HandleAsync(ModelEvent e, CancellationToken ct)
    {
        Console.WriteLine($"handled {e.Id}");
        if (handling.Handler == WorkerHandler.Hangs)
            await Task.Delay(Timeout.Infinite, ct);
    }
}
