namespace ModelEvents.Faults.Checking;

/// <summary>What must not happen.</summary>
internal enum ViolationKind
{
    Lost,
    Phantom,
    Early,
    Disorder,
    ForeignDuplicate,
    WrongBody,
    SequenceBack,
}

/// <summary>One thing that must not happen and did.</summary>
/// <param name="At">Seconds since 1970.</param>
/// <param name="SavedAt">When what it is about was saved; 0 if nothing was.</param>
internal sealed record Violation(
    ViolationKind Kind, string Queue, string Entity, double At, double SavedAt, string Text);
