namespace ModelEvents.Rules.Conditions;

/// <summary>What values of a type are to whoever writes a rule.</summary>
/// <param name="Words">The words for it, for messages.</param>
/// <param name="HasOrder">Whether one can be above another.</param>
internal sealed record ValueKind(string Words, bool HasOrder = true);
