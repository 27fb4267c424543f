using ModelEvents.Models;

namespace ModelEvents.Publishing;

/// <summary>
/// An event as it stands on the wire: everything that an AMQP client needs to publish it, and nothing of any client.
/// The next stop is a publisher.
/// </summary>
public sealed class WireMessage
{
    private readonly EventEnvelope _envelope;
    private ModelEvent _source;
    private Dictionary<string, object>? _headers;

    private WireMessage(ModelEvent source, EventEnvelope envelope)
    {
        (_source, _envelope) = (source, envelope);
        Body = BodyOf(source, envelope);
    }

    /// <summary>The topic exchange: <c>&lt;service&gt;.events</c>.</summary>
    public string Exchange => EventNames.ExchangeOf(_source.Service);

    /// <summary>The event's name. It is also the <c>type</c> property.</summary>
    public string RoutingKey => _source.Name;

    /// <summary>The publishing service: the <c>app_id</c> property.</summary>
    public string AppId => _source.Service;

    /// <summary>The event's id: the <c>message_id</c> property, in the form <c>D</c>.</summary>
    public Guid MessageId => _source.Id;

    /// <summary>When the change was captured: the <c>timestamp</c> property, which AMQP keeps in whole seconds.</summary>
    public DateTimeOffset Timestamp => _source.OccurredAt;

    /// <summary>
    /// The exact <c>content_type</c>. Never with a charset: consumers that compare it as text, such as Nameko, would drop
    /// the message.
    /// </summary>
    public string ContentType => ContentTypeOf(_envelope);

    /// <summary>The <c>content_encoding</c>.</summary>
    public string ContentEncoding { get; } = "utf-8";

    /// <summary>The body, without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>
    /// The headers: text, except for the sequence, which is a 64-bit number. A text of more than 8 KiB is cut, and
    /// <see cref="EventHeaders.Cut"/> names it.
    /// </summary>
    public IReadOnlyDictionary<string, object> Headers => _headers ??= HeadersOf(this);

    /// <summary>Puts <paramref name="modelEvent"/> into the form that it has on the wire.</summary>
    public static WireMessage From(ModelEvent modelEvent, EventEnvelope envelope) => new(modelEvent, envelope);

    internal static string ContentTypeOf(EventEnvelope envelope) =>
        envelope is EventEnvelope.CloudEvents ? CloudEvent.ContentType : "application/json";

    /// <summary>The event that it is of.</summary>
    internal ModelEvent Source => _source;

    /// <summary>Becomes the message of another event: for who publishes one after the other, and keeps none.</summary>
    internal WireMessage Become(ModelEvent modelEvent)
    {
        (_source, _headers) = (modelEvent, null);
        Body = BodyOf(modelEvent, _envelope);
        return this;
    }

    /// <summary>Adds the headers to <paramref name="headers"/>, without a dictionary between.</summary>
    internal void WriteHeaders(Dictionary<string, object?> headers)
    {
        foreach (var (name, value) in _source.Headers)
            Write(headers, name, value);

        if (_source.Model.Length > 0)
            headers[EventHeaders.Model] = _source.Model;
        WriteOwnHeaders(headers);
    }

    /// <summary>Whether <see cref="WriteOwnHeaders"/> makes the headers of another event's message this one's.</summary>
    internal bool SharesHeaders(ModelEvent other) =>
        ReferenceEquals(_source.Headers, other.Headers) && _source.Model == other.Model
        && !HeaderCut.IsTooLong(_source.Key) && !HeaderCut.IsTooLong(other.Key);

    /// <summary>Sets the headers that every event has its own of.</summary>
    internal void WriteOwnHeaders(Dictionary<string, object?> headers)
    {
        Write(headers, EventHeaders.Key, _source.Key);
        headers[EventHeaders.Sequence] = _source.Sequence;
    }

    private static void Write(Dictionary<string, object?> headers, string name, string value)
    {
        if (!HeaderCut.IsTooLong(value))
        {
            headers[name] = value;
            return;
        }

        headers[name] = HeaderCut.Of(name, value);
        headers[EventHeaders.Cut] = headers.TryGetValue(EventHeaders.Cut, out var others) ? $"{others},{name}" : name;
    }

    private static ReadOnlyMemory<byte> BodyOf(ModelEvent source, EventEnvelope envelope) =>
        envelope is EventEnvelope.CloudEvents ? CloudEvent.Wrap(source) : source.Body;

    private static Dictionary<string, object> HeadersOf(WireMessage message)
    {
        var headers = new Dictionary<string, object?>(message._source.Headers.Count + 3);
        message.WriteHeaders(headers);
        return headers!;
    }
}
