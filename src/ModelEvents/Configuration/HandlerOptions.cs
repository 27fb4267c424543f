namespace ModelEvents;

/// <summary>One handler.</summary>
public sealed class HandlerOptions
{
    /// <summary>
    /// Whether the handler is called, unless <see cref="HandlersOptions.Enabled"/> is off. May change while the program runs.
    /// Default: <see langword="true"/>.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
