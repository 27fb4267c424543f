namespace ModelEvents.Rules;

/// <summary>A rule has a type that no handler is registered for.</summary>
public sealed class InvalidTriggerTypeException : Exception
{
    /// <summary>Refuses a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    public InvalidTriggerTypeException(string type, string message)
        : base(message) => Type = type;

    /// <summary>The type that is not known.</summary>
    public string Type { get; }
}
