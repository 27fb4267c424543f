namespace ModelEvents.TestWorker;

/// <summary>What a worker does with events beside publishing them.</summary>
public enum WorkerHandler
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It handles them.</summary>
    Works,

    /// <summary>It handles each and never returns from it.</summary>
    Hangs,
}
