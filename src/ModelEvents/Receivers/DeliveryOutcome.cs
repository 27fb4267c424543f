namespace ModelEvents;

/// <summary>What became of an event that was handed to the publisher or to a handler.</summary>
public enum DeliveryOutcome
{
    /// <summary>The broker has confirmed it, or the handler has handled it.</summary>
    Published,

    /// <summary>It was refused, could not be published now, or its handler has failed. It stays in the outbox and is tried again.</summary>
    Failed,

    /// <summary>It was refused, or its handler has failed, for the last time. It stays in the outbox until somebody decides.</summary>
    Parked,
}
