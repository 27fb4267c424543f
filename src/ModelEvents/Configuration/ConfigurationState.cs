namespace ModelEvents.Configuration;

/// <summary>What the sources of a configuration have at a time.</summary>
/// <param name="Sources">The sources.</param>
internal sealed record ConfigurationState(IReadOnlyList<ConfigurationSource> Sources)
{
    /// <summary>
    /// What <paramref name="before"/> had and this has not, in whole sentences: sources that have nothing in them any more, or
    /// the list of models, wherever it was. <see langword="null"/> where something else is said by sources that can be read.
    /// </summary>
    public string? MissingOf(ConfigurationState before)
    {
        var empty = Sources.Where(source => !source.HasKeys).Select(source => source.Key).ToHashSet();
        var missing = before.Sources.Where(source => source.IsUsed && empty.Contains(source.Key))
            .Select(source => source.Name).Distinct().ToList();
        if (missing.Count > 0)
            return $"{Nearest.Quote(missing, "and")} had settings of ModelEvents and has nothing in it any more: it is missing, "
                + "empty or cannot be read. Put it back, or restart this program if that is meant.";

        return before.Sources.Any(source => source.HasList) && !Sources.Any(source => source.HasList)
            ? $"The list of models, '{ModelEventsOptions.SectionName}:{nameof(ModelEventsOptions.Models)}', is in no source of the "
                + "configuration any more. Put it back, or restart this program if that is meant."
            : null;
    }
}
