namespace ModelEvents;

/// <summary>Who makes the exchange.</summary>
public enum ExchangeTopology
{
    /// <summary>ModelEvents declares it: topic, durable, not internal.</summary>
    Declare,

    /// <summary>Someone else does; ModelEvents checks that it is there and waits until it is.</summary>
    Passive,

    /// <summary>Someone else does; ModelEvents publishes to it and retries while it is missing.</summary>
    None,
}
