namespace ModelEvents.Rules.Conditions;

/// <summary>Something that a rule asks of a change. Made once per version of the rule; looks at values only.</summary>
internal abstract class Condition
{
    /// <summary>
    /// Sets of guards to choose from. Of each set at least one guard lets every change through that meets the condition.
    /// </summary>
    public virtual IReadOnlyList<IReadOnlyList<Guard>> Guards => [];

    public abstract bool IsMet(ChangeValues values);
}
