using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>Reads rules of the type <see cref="TriggerRuleTypes.Manual"/>, which no change meets.</summary>
internal sealed class ManualRuleHandler : ITriggerRuleHandler
{
    public string Type => TriggerRuleTypes.Manual;

    public ITriggerCondition? Read(JsonElement configuration, TriggerModels models) => null;
}
