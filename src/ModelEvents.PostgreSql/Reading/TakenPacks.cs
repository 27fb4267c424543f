using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>What became of packs that wait in the table while the log is read.</summary>
/// <param name="Entities">The entities whose events were taken in.</param>
/// <param name="Next">The first number after those of their events that nothing else has.</param>
/// <param name="End">The end of such numbers.</param>
/// <param name="IsCut">Whether there may be more.</param>
internal sealed record TakenPacks(IReadOnlyCollection<Entity> Entities, long Next, long End, bool IsCut);
