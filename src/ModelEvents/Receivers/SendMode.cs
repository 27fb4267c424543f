namespace ModelEvents;

/// <summary>What an exception of a receiver does.</summary>
public enum SendMode
{
    /// <summary>It stops what the receiver was called for: the save fails and is rolled back.</summary>
    Send,

    /// <summary>It is logged and collected, and the other receivers and the save go on.</summary>
    SendRobust,
}
