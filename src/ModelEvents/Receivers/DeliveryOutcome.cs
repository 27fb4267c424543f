namespace ModelEvents;

/// <summary>What became of an event that was handed to the publisher.</summary>
public enum DeliveryOutcome
{
    /// <summary>The broker has confirmed it.</summary>
    Published,

    /// <summary>It was refused, or could not be published now. It stays in the outbox and is tried again.</summary>
    Failed,

    /// <summary>It was refused for the last time, and stays in the outbox until somebody decides.</summary>
    Parked,
}
