namespace ModelEvents.Rules;

/// <summary>What a rule asks of changes: its configuration, read. Used concurrently.</summary>
public interface ITriggerCondition
{
    /// <summary>The full name of the listed model whose changes are asked about, as <see cref="TriggerModels"/> has it.</summary>
    string Model { get; }

    /// <summary>
    /// Whether a change meets the rule. Called inside of the save, once per change of the model, when all values are known:
    /// must be quick, and must not save or query. An exception counts as no, and is logged once per version of the rule.
    /// </summary>
    bool IsMet(TriggerChange change);

    /// <summary>
    /// What to say of a change that met the rule, beyond model, key and action: an object whose properties join them in
    /// <see cref="TriggerEvent.Description"/>. Default: nothing.
    /// </summary>
    object? Describe(TriggerChange change) => null;
}
