using System.Globalization;

namespace ModelEvents.Models;

/// <summary>Makes one entry of those that list the same model in different places; the strongest place wins.</summary>
/// <param name="model">The model's name, for <paramref name="conflicts"/>.</param>
/// <param name="conflicts">Receives a sentence for each value that lost against another.</param>
internal sealed class EntryMerge(string model, ICollection<string> conflicts)
{
    /// <summary>Merges <paramref name="entries"/>, of which there is at least one.</summary>
    public ModelOptions Merge(IEnumerable<ModelOptions> entries) =>
        entries.OrderBy(entry => entry.Origin).Aggregate(Merge);

    private ModelOptions Merge(ModelOptions strong, ModelOptions weak)
    {
        var merged = new ModelOptions
        {
            Model = strong.Model,
            Origin = strong.Origin,
            Path = strong.Path,
            ClrType = strong.ClrType,
            Serializer = Pick(strong, weak, nameof(ModelOptions.Serializer), entry => entry.Serializer),
            SerializerType = string.IsNullOrWhiteSpace(strong.Serializer) ? weak.SerializerType : strong.SerializerType,
            StatusField = Pick(strong, weak, nameof(ModelOptions.StatusField), entry => entry.StatusField),
            EventNamePrefix = Pick(strong, weak, nameof(ModelOptions.EventNamePrefix), entry => entry.EventNamePrefix),
            ServiceName = Pick(strong, weak, nameof(ModelOptions.ServiceName), entry => entry.ServiceName),
            StatusEvents = strong.StatusEvents ?? weak.StatusEvents,
            UncapturedWrites = strong.UncapturedWrites ?? weak.UncapturedWrites,
            Capture = strong.Capture ?? weak.Capture,
        };

        Compare(strong, weak, nameof(ModelOptions.StatusEvents), entry => entry.StatusEvents?.ToString());
        Compare(strong, weak, nameof(ModelOptions.UncapturedWrites), entry => entry.UncapturedWrites?.ToString());
        Compare(strong, weak, nameof(ModelOptions.Capture), entry => entry.Capture?.ToString());
        Compare(strong, weak, "Include/Exclude", Selection);
        Compare(strong, weak, nameof(ModelOptions.LoadNavigations), entry => string.Join(", ", entry.LoadNavigations));
        CopySelection(Selection(strong) is null ? weak : strong, merged);
        Copy((strong.LoadNavigations.Count > 0 ? strong : weak).LoadNavigations, merged.LoadNavigations);
        return merged;
    }

    private string? Pick(ModelOptions strong, ModelOptions weak, string option, Func<ModelOptions, string?> valueOf)
    {
        Compare(strong, weak, option, valueOf);
        return string.IsNullOrWhiteSpace(valueOf(strong)) ? valueOf(weak) : valueOf(strong);
    }

    private void Compare(ModelOptions strong, ModelOptions weak, string option, Func<ModelOptions, string?> valueOf)
    {
        var (kept, dropped) = (valueOf(strong), valueOf(weak));
        if (string.IsNullOrWhiteSpace(kept) || string.IsNullOrWhiteSpace(dropped) || AreSame(option, kept, dropped))
            return;

        conflicts.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{option} of '{model}' is '{kept}' ({strong.Place}) and '{dropped}' ({weak.Place})"));
    }

    private static bool AreSame(string option, string one, string other) =>
        option is nameof(ModelOptions.Serializer) or nameof(ModelOptions.StatusField)
            ? TypeNames.EndsWith(one, other) || TypeNames.EndsWith(other, one)
            : one == other;

    private static string? Selection(ModelOptions entry) =>
        entry.Include.Count > 0 ? $"Include {string.Join(", ", entry.Include)}"
        : entry.Exclude.Count > 0 ? $"Exclude {string.Join(", ", entry.Exclude)}"
        : null;

    private static void CopySelection(ModelOptions from, ModelOptions to)
    {
        Copy(from.Include, to.Include);
        Copy(from.Exclude, to.Exclude);
    }

    private static void Copy(IList<string> from, IList<string> to)
    {
        foreach (var name in from)
            to.Add(name);
    }
}
