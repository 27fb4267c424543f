using MassTransit;

namespace ModelEvents.Publishing;

/// <summary>A service's exchange: its address on the transport, and whether it was seen to take events.</summary>
internal sealed class Exchange
{
    // MassTransit declares whatever exchange an endpoint's address names, except this one; and a message may name another
    // exchange than its endpoint, under a property that is meant for its own outbox.
    private const string Undeclared = "exchange:amq.rabbitmq.reply-to";
    private const string ExchangeProperty = "RMQ-Exchange";

    private readonly Uri _address;
    private volatile bool _proven;

    public Exchange(string name, BusLink link, PublisherSettings settings)
    {
        Name = name;
        Link = link;
        Settings = settings;
        var isRabbitMq = link.Scheme is not ("loopback" or "topic");
        IsDeclared = !isRabbitMq || settings.Options.Broker.Topology is ExchangeTopology.Declare;
        _address = AddressOf(name, isRabbitMq, IsDeclared, settings.Options.Broker.AutoDelete);
        Pipe = new WirePipe(
            settings.Envelope is EventEnvelope.CloudEvents ? CloudEvent.ContentType : "application/json",
            IsDeclared ? null : new Dictionary<string, object> { [ExchangeProperty] = name });
    }

    public string Name { get; }

    /// <summary>Whether MassTransit declares it before it sends.</summary>
    public bool IsDeclared { get; }

    public BusLink Link { get; }

    public PublisherSettings Settings { get; }

    public WirePipe Pipe { get; }

    /// <summary>Whether the last that was heard of the exchange is that it took an event.</summary>
    public bool Proven
    {
        get => _proven;
        set
        {
            if (value && !_proven)
                Link.NoteExchange(Name);

            _proven = value;
        }
    }

    public Task<ISendEndpoint> GetEndpointAsync() => Link.GetEndpointAsync(_address);

    private static Uri AddressOf(string name, bool isRabbitMq, bool isDeclared, bool autoDelete)
    {
        if (!isDeclared)
            return new Uri(Undeclared);

        // The in-memory transport reads the exchange's type with its own spelling, and knows no other option.
        return new Uri(isRabbitMq
            ? $"exchange:{name}?type=topic&autodelete={autoDelete}"
            : $"exchange:{name}?type=Topic");
    }
}
