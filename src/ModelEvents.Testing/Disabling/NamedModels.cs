using System.Collections.Concurrent;
using ModelEvents.Capture;
using ModelEvents.Configuration;
using ModelEvents.Models;

namespace ModelEvents.Testing;

/// <summary>
/// What a scope disables, by names that follow the rules of the model list. A name is looked up in the list of each host
/// that saves; what matched nothing in any of them is a mistake, which is known at the scope's end.
/// </summary>
internal sealed class NamedModels(IReadOnlyCollection<string> names) : IChangeFilter
{
    private readonly ConcurrentDictionary<ModelList, ListedModel[]> _seen = new(ReferenceEqualityComparer.Instance);

    public bool Excludes(ModelListProvider lists, ListedModel model, object instance) =>
        _seen.GetOrAdd(lists.Current, ModelsIn).Any(named => Includes(named, model, instance));

    public bool ExcludesOwn(ModelListProvider lists) => false;

    /// <summary>
    /// What is wrong with the names, two or three sentences each; nothing if no listed model was changed meanwhile.
    /// </summary>
    public IReadOnlyList<string> FindMistakes() =>
        _seen.IsEmpty ? [] : [.. names.Select(FindMistake).OfType<string>()];

    private ListedModel[] ModelsIn(ModelList list) => [.. names.SelectMany(name => Find(list, name))];

    private static bool Includes(ListedModel named, ListedModel model, object instance) => named.EntityName is null
        ? named.ClrType.IsInstanceOfType(instance)
        : named.Identity == model.Identity;

    private string? FindMistake(string name)
    {
        var matches = _seen.Keys.Select(list => Find(list, name)).ToList();
        if (matches.Find(found => found.Count > 1) is { } several)
        {
            return $"The model '{name}' is ambiguous. "
                + $"Write {Nearest.Quote(several.Select(model => model.Name), "or")}.";
        }

        if (matches.Exists(found => found.Count == 1))
            return null;

        var known = _seen.Keys.SelectMany(list => list.Models).Select(model => model.Name).ToList();
        return string.Join(
            ' ',
            new[]
            {
                $"The model '{name}' is not listed.",
                Nearest.Suggestion(name, known),
                Nearest.Listing(known, "Listed models are"),
            }.OfType<string>());
    }

    private static IReadOnlyList<ListedModel> Find(ModelList list, string name) =>
        TypeNames.Find(list.Models, model => model.Name, name);
}
