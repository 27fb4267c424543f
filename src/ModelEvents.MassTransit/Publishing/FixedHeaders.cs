namespace ModelEvents.Publishing;

/// <summary>
/// Headers whose values stay as they were first set. RabbitMQ.Client writes its own span over a <c>traceparent</c> where
/// tracing is on; an event keeps the one of its save.
/// </summary>
internal sealed class FixedHeaders : Dictionary<string, object?>, IDictionary<string, object?>
{
    public FixedHeaders(IReadOnlyDictionary<string, object> headers)
        : base(headers.Count + 1)
    {
        foreach (var (name, value) in headers)
            Add(name, value);
    }

    object? IDictionary<string, object?>.this[string key]
    {
        get => this[key];
        set => TryAdd(key, value);
    }
}
