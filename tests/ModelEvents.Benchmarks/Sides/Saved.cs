namespace ModelEvents.Benchmarks;

/// <summary>A save: how long the caller waited in all, and the timestamp at which EF Core's own part was over.</summary>
internal readonly record struct Saved(double Milliseconds, long CommittedAt);
