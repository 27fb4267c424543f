using ModelEvents.Configuration;

namespace ModelEvents.Models;

/// <summary>
/// Makes the model list of what was configured: finds each entry's model, merges the entries of one model, resolves the
/// names in them and checks the whole. Pure; collects every mistake.
/// </summary>
/// <param name="known">The mapped models, one for each entity type.</param>
/// <param name="serializers">Where serializers are found.</param>
internal sealed class ModelListResolver(IReadOnlyList<KnownModel> known, SerializerTypes serializers)
{
    private readonly List<KnownModel> _listable = [.. known.Where(model => model.WhyNotListed is null)];

    /// <summary>What is wrong, two sentences each.</summary>
    public ICollection<string> Mistakes { get; } = [];

    /// <summary>Values that lost against another of the same model.</summary>
    public ICollection<string> Conflicts { get; } = [];

    /// <summary>The list; of use only if there are no <see cref="Mistakes"/>.</summary>
    public ModelList Resolve(ModelEventsOptions options)
    {
        var found = new List<(KnownModel Model, ModelOptions Entry)>();
        foreach (var entry in options.Models)
        {
            if (Find(entry) is { } model)
                found.Add((model, entry));
        }

        var entries = new EntryResolver(options, serializers, Mistakes);
        var listed = found.GroupBy(pair => pair.Model, pair => pair.Entry)
            .Select(group => entries.Resolve(group.Key, Merge(group.Key, [.. group])))
            .ToList();

        CheckPrefixes(listed);
        return new ModelList(listed, options.PropertyNaming)
        {
            ServiceName = options.ServiceName,
            NameStyle = options.NameStyle,
        };
    }

    private KnownModel? Find(ModelOptions entry)
    {
        if (string.IsNullOrWhiteSpace(entry.Model))
        {
            Mistakes.Add($"The entry '{entry.Place}' names no model. Give it a 'Model'.");
            return null;
        }

        var matches = Matches(entry, _listable);
        if (matches is [var found])
            return found;

        Mistakes.Add($"The model '{entry.Model}' ({entry.Place}) " + (matches.Count > 1
            ? $"is ambiguous. Write {Nearest.Quote(matches.Select(model => model.Name), "or")}."
            : Matches(entry, known) is [var other, ..] ? other.WhyNotListed
            : $"is not mapped {Sources}. "
                + Nearest.Hint(entry.Model, _listable.Select(model => model.Name), "Mapped models are")));
        return null;
    }

    private static IReadOnlyList<KnownModel> Matches(ModelOptions entry, IEnumerable<KnownModel> models) =>
        entry.ClrType is { } type
            ? [.. models.Where(model => model.ClrType == type)]
            : TypeNames.Find(models, model => model.Name, entry.Model);

    private string Sources => known.Count == 0
        ? "by any captured context"
        : $"by {Nearest.Quote(known.Select(model => model.Source).Distinct(), "or")}";

    private ModelOptions Merge(KnownModel model, IReadOnlyList<ModelOptions> entries)
    {
        foreach (var twice in entries.GroupBy(entry => entry.Origin).Where(group => group.Count() > 1))
        {
            var places = Nearest.Quote(twice.Select(entry => $"{entry.Model} ({entry.Place})"), "and");
            Mistakes.Add($"The model '{model.Name}' is listed more than once, as {places}. Keep one of them.");
        }

        return new EntryMerge(model.Name, Conflicts).Merge(entries);
    }

    private void CheckPrefixes(IEnumerable<ListedModel> listed)
    {
        foreach (var same in listed.GroupBy(model => (model.Service, model.Prefix)).Where(group => group.Count() > 1))
        {
            var models = Nearest.Quote(same.Select(model => model.Name), "and");
            Mistakes.Add($"The events of {models} all begin with '{same.Key.Prefix}', so that nobody could tell them "
                + "apart. Give all but one an 'EventNamePrefix' of its own.");
        }
    }
}
