namespace Shop.Run;

/// <summary>How far a run is.</summary>
internal sealed record Counts(int Committed, long Published, int Consumed, long Waiting, long Parked);
