namespace ModelEvents;

/// <summary>What to do with an event that the broker accepted but that no queue receives.</summary>
public enum UnroutableEvents
{
    /// <summary>
    /// Count it, log it once per event name, and treat it as published; unless its exchange was deleted while this process
    /// published to it: then park it, and publish it once a queue is bound again.
    /// </summary>
    Auto,

    /// <summary>Count it, log it once per event name, and treat it as published.</summary>
    Count,

    /// <summary>Park it.</summary>
    Park,
}
