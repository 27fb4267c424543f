using System.Text.Json;
using ModelEvents.Publishing;

namespace ModelEvents.Testing;

/// <summary>An event that would be published if its transaction is committed.</summary>
public sealed class RecordedEvent
{
    private readonly JsonSerializerOptions _json;
    private volatile RecordedState _state;

    internal RecordedEvent(ModelEvent source, EventEnvelope envelope, JsonSerializerOptions json)
    {
        _json = json;
        Id = source.Id;
        Name = source.Name;
        Model = source.Model;
        Key = source.Key;
        Body = source.Body;
        Message = WireMessage.From(source, envelope);
    }

    /// <summary>The event's identity.</summary>
    public Guid Id { get; }

    /// <summary>The event's name, such as <c>order__created</c>.</summary>
    public string Name { get; }

    /// <summary>The full name of the listed model; empty for an own event.</summary>
    public string Model { get; }

    /// <summary>The key, as in <see cref="ModelEvent.Key"/>.</summary>
    public string Key { get; }

    /// <summary>The serializer's JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body.Span);

    /// <summary>All that would be on the wire: exchange, properties, headers, and the body in its envelope.</summary>
    public WireMessage Message { get; }

    /// <summary>The headers as on the wire, under the names in <see cref="EventHeaders"/>.</summary>
    public IReadOnlyDictionary<string, object> Headers => Message.Headers;

    /// <summary>What became of its transaction so far; follows it.</summary>
    public RecordedState State
    {
        get => _state;
        internal set => _state = value;
    }

    /// <summary>
    /// The body as a <typeparamref name="T"/>, read as it was written: with <see cref="ModelEventsOptions.PropertyNaming"/>
    /// (snake case by default) and the converters of <see cref="ModelEventsOptions.Json"/>.
    /// </summary>
    /// <exception cref="JsonException">The body is none.</exception>
    public T As<T>() => JsonSerializer.Deserialize<T>(Body.Span, _json)!;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Model} {Key}";
}
