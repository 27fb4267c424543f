using System.Text.Json;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

/// <summary>A handler as a user would write it: met by prices that end with so many zeros.</summary>
internal sealed class RoundNumbers : ITriggerRuleHandler
{
    public string Type => "round";

    public ITriggerCondition Read(JsonElement configuration, TriggerModels models)
    {
        var reasons = new List<string>();
        var model = models.Find("Ticket", reasons);
        if (!configuration.TryGetProperty("digits", out var digits) || !digits.TryGetInt32(out _))
            reasons.Add("'digits' is no whole number. Write one.");

        return reasons.Count == 0 ? new Condition(model!, digits.GetInt32()) : throw new InvalidTriggerRuleException(reasons);
    }

    private sealed class Condition(string model, int digits) : ITriggerCondition
    {
        public string Model => model;

        public bool IsMet(TriggerChange change) => digits >= 0
            ? (decimal)change.After("price")! % (decimal)Math.Pow(10, digits) == 0
            : throw new FormatException("no number ends like that");

        public object Describe(TriggerChange change) => new { Was = change.Before("price"), IsNow = change.After("price") };
    }
}
