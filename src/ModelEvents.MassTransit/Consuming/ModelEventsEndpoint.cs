using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>A queue that receives events: which ones, and who consumes them.</summary>
public sealed class ModelEventsEndpoint
{
    private const int InHandOfEach = 8;

    // MassTransit's, where nothing is set.
    private static readonly int DefaultPrefetch = Math.Max(Environment.ProcessorCount * 2, 16);

    private readonly Dictionary<string, ServiceEvents> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, IConsumerSubscription> _consumers = [];
    private readonly Subscriptions _subscriptions;
    private readonly string _queue;
    private readonly string _service;
    private Type? _inbox;

    internal ModelEventsEndpoint(IReceiveEndpointConfigurator endpoint, string queue, string service)
    {
        Endpoint = endpoint;
        _queue = queue;
        _service = service;
        _subscriptions = new Subscriptions(service);
    }

    /// <summary>MassTransit's own configuration of the endpoint: retries, concurrency, what happens to errors.</summary>
    public IReceiveEndpointConfigurator Endpoint { get; }

    /// <summary>
    /// How bodies are read. By default property names are in snake case and match without regard to case, enums are numbers
    /// or names, and numbers may come as text.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>
    /// Whether this process handles the events of one model and key one after the other, as they arrived, retries included;
    /// default <see langword="true"/>. Messages of other publishers than ModelEvents have no key and are not held back.
    /// Those that wait for another of their key are in hand, up to the endpoint's <c>PrefetchCount</c>, which is eight times
    /// MassTransit's where it is not set, or set to MassTransit's own; <c>ConcurrentMessageLimit</c> says how many are handled at once.
    /// </summary>
    public bool KeepOrder { get; set; } = true;

    internal bool IsClassicQueue { get; private set; }

    internal IEnumerable<(ServiceEvents Service, string Name)> Bindings => Of(_subscriptions.Subjects);

    /// <summary>Those that may be there from before.</summary>
    internal IEnumerable<(ServiceEvents Service, string Name)> UnwantedBindings => Of(_subscriptions.Ignored);

    /// <summary>Calls a consumer for the events with these names, with their body as <typeparamref name="TMessage"/>.</summary>
    /// <param name="context">The context that <c>UsingRabbitMq</c> hands over.</param>
    /// <param name="names">
    /// Full names, or <c>#</c> for all events of the service. A name is a single word to RabbitMQ: a pattern such as
    /// <c>order__*</c> would never match.
    /// </param>
    /// <typeparam name="TMessage">What the body is read as.</typeparam>
    /// <typeparam name="TConsumer">A consumer that is registered with <c>AddConsumer</c>, or as a service.</typeparam>
    /// <exception cref="ArgumentException">A name is empty, too long or a pattern, or has a control character.</exception>
    public ModelEventsEndpoint On<TMessage, TConsumer>(IRegistrationContext context, params IReadOnlyList<string> names)
        where TMessage : class
        where TConsumer : class, IConsumer<TMessage>
    {
        From(_service).On<TMessage, TConsumer>(context, names);
        return this;
    }

    /// <summary>
    /// Says that events that were subscribed to before are not wanted any more. Their bindings, which stay with the queue, are
    /// deleted, and what is left in the queue is acknowledged; else it is moved to <c>&lt;queue&gt;_skipped</c>.
    /// </summary>
    /// <param name="names">Full names, or <c>#</c> where all events of the service were subscribed to.</param>
    /// <exception cref="ArgumentException">A name is empty, too long or a pattern, or has a control character.</exception>
    public ModelEventsEndpoint Ignore(params IReadOnlyList<string> names)
    {
        From(_service).Ignore(names);
        return this;
    }

    /// <summary>Subscribes to events of a further service, on the same queue.</summary>
    /// <param name="service">The publishing service; its exchange is <c>&lt;service&gt;.events</c>.</param>
    public ServiceEvents From(string service)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        if (!_services.TryGetValue(service, out var events))
            _services.Add(service, events = new ServiceEvents(this, service));

        return events;
    }

    /// <summary>
    /// Handles each event once for each consumer, by noting it in the database of <typeparamref name="TContext"/>, in the
    /// consumer's own transaction. Needs <c>services.AddModelEventsInbox&lt;TContext&gt;()</c>.
    /// </summary>
    /// <typeparam name="TContext">The context that the consumers write with.</typeparam>
    public ModelEventsEndpoint UseInbox<TContext>()
        where TContext : class
    {
        _inbox = typeof(TContext);
        return this;
    }

    /// <summary>Declares a durable classic queue instead of a quorum queue.</summary>
    public ModelEventsEndpoint UseClassicQueue()
    {
        IsClassicQueue = true;
        return this;
    }

    internal void Subscribe<TMessage, TConsumer>(IRegistrationContext context, Subject subject)
        where TMessage : class
        where TConsumer : class, IConsumer<TMessage>
    {
        MessageTypes.ThrowIfUnfit<TMessage, TConsumer>();
        if (!_consumers.TryGetValue(typeof(TConsumer), out var consumer))
            _consumers.Add(typeof(TConsumer), consumer = new ConsumerSubscription<TConsumer>(context));

        ((ConsumerSubscription<TConsumer>)consumer).Add<TMessage>(subject);
        _subscriptions.Add(subject, typeof(TMessage));
    }

    internal void Ignore(Subject subject) => _subscriptions.Ignore(subject);

    /// <summary>Puts all that was said onto MassTransit's endpoint.</summary>
    internal void Apply()
    {
        _subscriptions.ThrowIfContradictory(_queue);
        Endpoint.ConfigureConsumeTopology = false;
        Endpoint.AddDeserializer(new EventDeserializer(_subscriptions, Json), isDefault: true);
        foreach (var consumer in _consumers.Values)
            consumer.Connect(Endpoint, _subscriptions, _queue, _inbox);

        // Definitions of the consumers may have set how many messages come in hand.
        if (KeepOrder)
            UseKeyOrder();

        Endpoint.ConfigureReceive(receive => receive.UseFilter(new TraceFilter()));
        Endpoint.ConfigureReceive(receive => receive.UseFilter(new FaultHeadersFilter()));

        // Behind the order of keys, which misses every message that does not come to it.
        Endpoint.ConfigureReceive(receive => receive.UseFilter(new UnwantedFilter(_subscriptions, _queue)));
    }

    private IEnumerable<(ServiceEvents Service, string Name)> Of(IEnumerable<Subject> subjects) =>
        subjects.Select(subject => (_services[subject.Service], subject.Name));

    /// <summary>More come in hand than are handled at once, so that a key of which many wait does not keep out the others.</summary>
    private void UseKeyOrder()
    {
        var atOnce = Endpoint.ConcurrentMessageLimit ?? Endpoint.PrefetchCount;
        if (Endpoint.PrefetchCount == DefaultPrefetch)
            Endpoint.PrefetchCount = Math.Min(DefaultPrefetch * InHandOfEach, ushort.MaxValue);

        var room = Endpoint.PrefetchCount;
        if (room > 0)
            Endpoint.ConcurrentMessageLimit = room;
        Endpoint.ConfigureReceive(
            receive => receive.UseFilter(new KeyOrderFilter(_queue, room, atOnce > 0 ? atOnce : int.MaxValue)));
    }
}
