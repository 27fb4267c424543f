namespace ModelEvents.Outbox;

/// <summary>What becomes of events that are read for a target and for which there is no room in memory.</summary>
internal enum Overflow
{
    /// <summary>They stay in memory: nothing is read until there is room.</summary>
    Stays,

    /// <summary>They go to the table, so that the target holds back no other.</summary>
    Leaves,

    /// <summary>All events go to the table: nobody takes them from memory.</summary>
    AllLeaves,
}
