namespace ModelEvents.Faults.Faulting;

/// <summary>Where the events of a line come from and go to.</summary>
internal sealed record LineQueues(
    string Line,
    string Mode,
    string Exchange,
    string QuorumQueue,
    string ClassicQueue,
    string Database);
