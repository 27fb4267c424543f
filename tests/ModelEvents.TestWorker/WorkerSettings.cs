namespace ModelEvents.TestWorker;

/// <summary>How a worker differs from the defaults.</summary>
public static class WorkerSettings
{
    /// <summary>Small, so that a drain takes many batches and a kill leaves most of them.</summary>
    public const int BatchSize = 200;
}
