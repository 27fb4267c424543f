namespace Shop.Run;

/// <summary>How far a run is.</summary>
internal sealed record Counts(int Changes, int Raised, long Published, int Consumed, long Waiting, long Parked);
