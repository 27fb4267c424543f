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

/// <summary>
/// One thing that must not happen and did, in seconds since 1970, and when what it is about was saved: 0 if nothing was.
/// </summary>
internal sealed record Violation(
    ViolationKind Kind, string Queue, string Entity, double At, double SavedAt, string Text);
