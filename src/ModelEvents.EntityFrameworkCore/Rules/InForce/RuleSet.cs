using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Models;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>The rules in force, read for a model list. Immutable: an edited rule or a reloaded list makes another.</summary>
internal sealed class RuleSet
{
    private readonly Dictionary<(Type ClrType, string? EntityName), ModelRules> _byModel = [];

    private RuleSet(RuleRows rows, ModelList list, TriggerModels models) => (Rows, List, Models) = (rows, list, models);

    public TriggerModels Models { get; }

    private RuleRows Rows { get; }

    private ModelList List { get; }

    private Dictionary<(Guid Id, long Version), RuleInForce?> Read { get; } = [];

    public bool IsOf(RuleRows rows, ModelList list) => ReferenceEquals(Rows, rows) && ReferenceEquals(List, list);

    /// <summary>The rules of a listed model, if there are any.</summary>
    public ModelRules? Of(ListedModel listed) => _byModel.GetValueOrDefault(listed.Identity);

    /// <summary>Makes a set, and reads those versions of rules that <paramref name="before"/> has not read yet.</summary>
    /// <param name="rows">The rules.</param>
    /// <param name="list">The model list in force.</param>
    /// <param name="model">The model of the context.</param>
    /// <param name="read">Reads a rule; returns <see langword="null"/> for one that no change can meet.</param>
    /// <param name="before">The set of the same model in force until now.</param>
    public static RuleSet Make(
        RuleRows rows,
        ModelList list,
        IModel model,
        Func<TriggerRule, TriggerModels, RuleInForce?> read,
        RuleSet? before)
    {
        var isSame = before is not null && ReferenceEquals(before.List, list);
        var set = new RuleSet(rows, list, isSame ? before!.Models : new TriggerModels([.. TablesOf(list, model)]));
        foreach (var rule in rows.Rules)
        {
            var version = (rule.Id, rule.Version);
            set.Read[version] = isSame && before!.Read.TryGetValue(version, out var known) ? known : read(rule, set.Models);
        }

        // A handler of the user's may name the same model in several ways.
        foreach (var rules in set.Read.Values.OfType<RuleInForce>().GroupBy(rule => set.Models.FindTable(rule.Condition.Model, [])!))
            set._byModel[rules.Key.Listed.Identity] = new ModelRules(rules.Key, [.. rules]);

        return set;
    }

    private static IEnumerable<FieldTable> TablesOf(ModelList list, IModel model) =>
        from listed in list.Models
        let type = CapturedModelsSource.Find(model, listed)
        where type is not null
        select new FieldTable(type, listed);
}
