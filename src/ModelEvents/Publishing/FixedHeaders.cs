namespace ModelEvents.Publishing;

/// <summary>
/// The headers of a message as RabbitMQ.Client takes them, and as they stay. Where tracing is on it would write its own span
/// over a <c>traceparent</c>; an event keeps the one of its save. It may add the number by which it counts confirms.
/// </summary>
internal sealed class FixedHeaders : Dictionary<string, object?>, IDictionary<string, object?>
{
    private const string ClientSequence = "x-dotnet-pub-seq-no";

    private ModelEvent? _last;

    object? IDictionary<string, object?>.this[string key]
    {
        get => this[key];
        set
        {
            if (key == ClientSequence)
                this[key] = value;
        }
    }

    /// <summary>Makes these the headers of <paramref name="wire"/> and no others.</summary>
    public void Become(WireMessage wire)
    {
        if (_last is not null && wire.SharesHeaders(_last))
        {
            wire.WriteOwnHeaders(this);
        }
        else
        {
            Clear();
            wire.WriteHeaders(this);
        }

        _last = wire.Source;
    }
}
