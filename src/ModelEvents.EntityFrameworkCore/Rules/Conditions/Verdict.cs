namespace ModelEvents.Rules.Conditions;

/// <summary>Whether a change meets a rule.</summary>
internal enum Verdict
{
    NotMet,
    Met,

    /// <summary>It depends on what the database has yet to generate.</summary>
    Undecided,
}
