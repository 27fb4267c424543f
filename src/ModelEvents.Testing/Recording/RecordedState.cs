namespace ModelEvents.Testing;

/// <summary>How far the transaction of a recorded event has come.</summary>
public enum RecordedState
{
    /// <summary>The change is saved, and its transaction still open: nothing would be published yet.</summary>
    Saved,

    /// <summary>The transaction was committed: the event would be published.</summary>
    Committed,

    /// <summary>
    /// The transaction, or the savepoint around the change, was rolled back or left without a commit. Also told of one that
    /// was handed in with <c>UseTransaction</c> and committed without EF Core, which cannot see that.
    /// </summary>
    RolledBack,
}
