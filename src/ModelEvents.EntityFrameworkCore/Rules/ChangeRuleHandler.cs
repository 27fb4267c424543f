using System.Text.Json;
using ModelEvents.Configuration;
using ModelEvents.Models;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules;

/// <summary>Reads rules of the type <see cref="TriggerRuleTypes.Change"/>.</summary>
internal sealed class ChangeRuleHandler : ITriggerRuleHandler
{
    private const string Model = "model";
    private const string Actions = "actions";
    private const string Condition = "condition";

    private static readonly string[] Keys = [Model, Actions, Condition];
    private static readonly ChangeAction[] AllActions = Enum.GetValues<ChangeAction>();

    public string Type => TriggerRuleTypes.Change;

    public ITriggerCondition Read(JsonElement configuration, TriggerModels models)
    {
        var reasons = new List<string>();
        foreach (var property in configuration.EnumerateObject().Where(property => !Keys.Contains(property.Name)))
            reasons.Add($"'{property.Name}' is not known. {Nearest.Hint(property.Name, Keys, "There are")}");

        var actions = ReadActions(configuration, reasons);
        var condition = FieldsOf(configuration, models, reasons) is { } fields
            ? ReadCondition(configuration, fields, actions, reasons)
            : null;
        return reasons.Count == 0 && condition is not null ? condition : throw new InvalidTriggerRuleException(reasons);
    }

    private static FieldTable? FieldsOf(JsonElement configuration, TriggerModels models, List<string> reasons)
    {
        if (configuration.TryGetProperty(Model, out var model) && model.ValueKind == JsonValueKind.String)
            return models.FindTable(model.GetString()!, reasons);

        reasons.Add("'model' is missing. Name the listed model whose changes count.");
        return null;
    }

    private static ChangeCondition ReadCondition(
        JsonElement configuration, FieldTable fields, int actions, List<string> reasons)
    {
        var reader = new ConditionReader(fields, reasons);
        var condition = configuration.TryGetProperty(Condition, out var json) ? reader.Read(json, Condition) : null;
        return new ChangeCondition(fields, actions, condition, reader.Used);
    }

    private static int ReadActions(JsonElement configuration, List<string> reasons)
    {
        if (!configuration.TryGetProperty(Actions, out var list))
            return AllActions.Sum(ChangeCondition.BitOf);

        var names = list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : "").ToList()
            : [];
        if (names.Count == 0)
            reasons.Add("'actions' is no list of actions. Put some of 'created', 'updated' and 'deleted' in square brackets.");

        var bits = 0;
        foreach (var name in names)
        {
            var index = Array.FindIndex(AllActions, action => EventNames.Word(action) == name);
            if (index >= 0)
                bits |= ChangeCondition.BitOf(AllActions[index]);
            else
                reasons.Add($"'actions' has '{name}', which is none. "
                    + Nearest.Hint(name, AllActions.Select(EventNames.Word), "Actions are"));
        }

        return bits;
    }
}
