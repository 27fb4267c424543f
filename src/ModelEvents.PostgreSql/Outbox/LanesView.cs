namespace ModelEvents.Outbox;

/// <summary>What a session saw when it looked.</summary>
/// <param name="Members">The sessions that share the lanes, this one included.</param>
/// <param name="Gained">Lanes that it leases from now on.</param>
/// <param name="Due">Lanes, of those it leased before, that have due events.</param>
internal sealed record LanesView(int Members, LaneSet Gained, LaneSet Due);
