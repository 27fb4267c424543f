using ModelEvents.Configuration;
using ModelEvents.Models;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules;

/// <summary>The listed models, for handlers that check a configuration.</summary>
public sealed class TriggerModels
{
    private readonly IReadOnlyList<FieldTable> _models;

    internal TriggerModels(IReadOnlyList<FieldTable> models) => _models = models;

    /// <summary>The full names of the listed models that the context maps.</summary>
    public IReadOnlyList<string> Names => [.. _models.Select(model => model.Listed.Name)];

    /// <summary>
    /// The full name of the model that <paramref name="name"/> means, by the rules of the model list: a full name or an
    /// unambiguous tail of one. Where there is none, <paramref name="reasons"/> is told why.
    /// </summary>
    public string? Find(string name, ICollection<string> reasons) => FindTable(name, reasons)?.Listed.Name;

    /// <summary>
    /// The names of a model's fields: its mapped scalar properties, those of complex and owned types with a dot.
    /// </summary>
    /// <param name="model">The model's full name.</param>
    public IReadOnlyList<string> FieldsOf(string model) =>
        [.. _models.Where(known => known.Listed.Name == model).SelectMany(known => known.All).Select(field => field.Name)];

    internal FieldTable? FindTable(string name, ICollection<string> reasons)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(reasons);
        var found = TypeNames.Find(_models, model => model.Listed.Name, name);
        if (found is [var model])
            return model;

        reasons.Add($"The model '{name}' is " + (found.Count > 1
            ? $"ambiguous. Write {Nearest.Quote(found.Select(one => one.Listed.Name), "or")}."
            : $"not listed. {Nearest.Hint(name, Names, "Listed models are")}"));
        return null;
    }
}
