using MassTransit;
using ModelEvents.Models;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Publishing;

/// <summary>A service's exchange: the ways to it on the transport, and whether it was seen to take events.</summary>
internal sealed class Exchange
{
    // MassTransit declares whatever exchange an endpoint's address names, except this one; and a message may name another
    // exchange than its endpoint, under a property that is meant for its own outbox.
    private const string Undeclared = "exchange:amq.rabbitmq.reply-to";
    private const string ExchangeProperty = "RMQ-Exchange";

    private readonly string _service;
    private readonly Route _declaring;
    private readonly Route _plain;
    private volatile bool _proven;
    private volatile bool _hasTaken;

    public Exchange(string service, BusLink link, PublisherSettings settings)
    {
        _service = service;
        Name = EventNames.ExchangeOf(service);
        Link = link;
        Settings = settings;
        var isRabbitMq = link.Scheme is not ("loopback" or "topic");
        IsDeclared = !isRabbitMq || settings.Options.Broker.Topology is ExchangeTopology.Declare;
        _plain = new Route(new Uri(Undeclared), PipeTo(Name));
        _declaring = IsDeclared
            ? new Route(AddressOf(Name, isRabbitMq, settings.Options.Broker.AutoDelete), PipeTo(named: null))
            : _plain;
        if (!isRabbitMq)
            _plain = _declaring;
    }

    public string Name { get; }

    /// <summary>Whether MassTransit declares it before it sends.</summary>
    public bool IsDeclared { get; }

    public BusLink Link { get; }

    public PublisherSettings Settings { get; }

    /// <summary>Whether the last that was heard of the exchange is that it took an event.</summary>
    public bool Proven
    {
        get => _proven;
        set
        {
            if (value && !_proven)
            {
                Link.NoteExchange(Name);
                Settings.Exchanges.Found(_service);
            }

            _proven = value;
            _hasTaken |= value;
        }
    }

    /// <summary>
    /// The way there now. One that was found is not declared again: MassTransit would do so with every channel, and nobody would
    /// see that it was gone, and its bindings with it.
    /// </summary>
    public Route CurrentRoute() => _hasTaken && Settings.Exchanges.IsThere(_service) ? _plain : _declaring;

    /// <summary>Looks whether it is there, and notes it; throws where it is not.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        if (Link.Connection is not { } connection || Settings.Options.Broker.Topology is ExchangeTopology.None)
            return;

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Settings.Patience);
        await connection.FindExchangeAsync(Name, end.Token).ConfigureAwait(false);
        Settings.Exchanges.Found(_service);
    }

    /// <summary>
    /// Before the first event goes there: MassTransit declares the exchange then, and nobody would see that it is gone since it
    /// was found.
    /// </summary>
    public async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        if (_hasTaken || !Settings.Exchanges.IsThere(_service))
            return;

        try
        {
            await FindAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException exception)
            when (exception.ShutdownReason is { } reason && SendFailure.IsMissing(reason))
        {
            NoteMissing();
        }
    }

    public Task<ISendEndpoint> GetEndpointAsync(Route route) => Link.GetEndpointAsync(route.Address);

    /// <summary>The broker says that it is missing.</summary>
    public void NoteMissing() => Settings.Exchanges.Missing(_service);

    /// <summary>What it means that no queue receives an event.</summary>
    public PublishOutcome Returned(ModelEvent one) => Settings.Exchanges.Returned(_service, one.Name);

    private WirePipe PipeTo(string? named) => new(
        Settings.Envelope is EventEnvelope.CloudEvents ? CloudEvent.ContentType : "application/json",
        named is null ? null : new Dictionary<string, object> { [ExchangeProperty] = named });

    // The in-memory transport reads the exchange's type with its own spelling, and knows no other option.
    private static Uri AddressOf(string name, bool isRabbitMq, bool autoDelete) => new(isRabbitMq
        ? $"exchange:{name}?type=topic&autodelete={autoDelete}"
        : $"exchange:{name}?type=Topic");

    /// <summary>An address, and what writes a message that is sent there.</summary>
    internal sealed record Route(Uri Address, WirePipe Pipe);
}
