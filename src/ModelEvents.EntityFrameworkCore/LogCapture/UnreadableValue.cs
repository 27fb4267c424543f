namespace ModelEvents.LogCapture;

/// <summary>In place of a value in a <see cref="LogRow"/> that could not be read as the type that was asked for.</summary>
/// <param name="Reason">Why, for a person to read.</param>
internal sealed record UnreadableValue(string Reason);
