using ModelEvents.Configuration;

namespace ModelEvents;

/// <summary>
/// The handlers: together, and each under its name. A change of what is enabled takes effect while the program runs: an
/// event that is appended while a handler is off is not for it, and what waits for it already rests until it is on again.
/// </summary>
public sealed class HandlersOptions : INamedOptions
{
    private readonly Dictionary<string, HandlerOptions> _handlers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether handlers are called. May change while the program runs. Default: <see langword="true"/>.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Events that a handler handles at a time, each with a key of its own. Default: 4. Range: 1 to 16.
    /// </summary>
    public int Workers { get; set; } = 4;

    internal IEnumerable<string> Names => _handlers.Keys;

    /// <summary>The options of one handler, by the name that it is registered with: that of its class, if no other.</summary>
    public HandlerOptions Handler(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!_handlers.TryGetValue(name, out var options))
            _handlers[name] = options = new HandlerOptions();
        return options;
    }

    object INamedOptions.Of(string name) => Handler(name);

    internal bool IsOn(string name) => Enabled && (!_handlers.TryGetValue(name, out var its) || its.Enabled);
}
