using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Outbox;

/// <summary>
/// Asks, keyed by its type, for a table of packs instead of one of leased lanes in a context's model: for an outbox that
/// has its provider's own means.
/// </summary>
/// <param name="Refine">What the provider adds to the mapping.</param>
internal sealed record PackChoice(Action<IMutableModel> Refine);
