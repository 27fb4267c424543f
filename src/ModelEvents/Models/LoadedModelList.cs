namespace ModelEvents.Models;

/// <summary>A model list as it was just configured.</summary>
/// <param name="List">The list; of use only without mistakes.</param>
/// <param name="Mistakes">What is wrong with the configuration.</param>
/// <param name="Conflicts">Values that lost against another of the same model.</param>
internal sealed record LoadedModelList(
    ModelList List, IReadOnlyList<string> Mistakes, IReadOnlyList<string> Conflicts);
