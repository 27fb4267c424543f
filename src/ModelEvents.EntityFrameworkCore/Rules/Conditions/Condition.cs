namespace ModelEvents.Rules.Conditions;

/// <summary>Something that a rule asks of a change. Made once per version of the rule; looks at values only.</summary>
internal abstract class Condition
{
    public abstract bool IsMet(ChangeValues values);
}
