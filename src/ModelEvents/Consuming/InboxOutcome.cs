namespace ModelEvents.Consuming;

/// <summary>What an inbox did with an event.</summary>
public enum InboxOutcome
{
    /// <summary>It was handled now.</summary>
    Handled,

    /// <summary>It had been handled before and was dropped.</summary>
    Duplicate,

    /// <summary>A later event of the same model and key had been handled before; it was dropped.</summary>
    Stale,
}
