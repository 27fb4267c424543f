namespace ModelEvents.TestWorker;

/// <summary>What <see cref="ParcelHandler"/> does in a process.</summary>
public sealed record WorkerHandling(WorkerHandler Handler);
