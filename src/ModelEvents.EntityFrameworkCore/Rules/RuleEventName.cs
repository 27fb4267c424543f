using ModelEvents.Models;

namespace ModelEvents.Rules;

/// <summary>How the events of rules are named.</summary>
internal static class RuleEventName
{
    private const string Prefix = "trigger";

    public static string Of(string rule, NameStyle style) => EventNames.Of(Prefix, PlainText.Of(rule), style);
}
