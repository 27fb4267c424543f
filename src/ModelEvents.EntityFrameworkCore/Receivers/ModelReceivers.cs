using ModelEvents.Models;

namespace ModelEvents.Receivers;

/// <summary>The receivers around saves of this host: registered classes, and delegates that come and go.</summary>
internal sealed class ModelReceivers : IModelReceivers
{
    private readonly Lock _changing = new();
    private volatile ReceiverSet _all = new([]);
    private volatile ReceiverSet? _ofSaves;
    private volatile bool _exist;

    public ModelReceivers(IEnumerable<ReceiverType> registered) =>
        Replace([.. registered.SelectMany(ReceiverContracts.Of)]);

    public ReceiverSet All => _all;

    /// <summary>The same, or <see langword="null"/> where no save is received, which is all that a save then asks.</summary>
    public ReceiverSet? OfSaves => _ofSaves;

    /// <summary>Whether saves have ever been received, so that one that is running may be.</summary>
    public bool Exist => _exist;

    public IDisposable BeforeSave<TModel>(
        Func<TModel, SaveContext, CancellationToken, Task> receiver, ReceiverOptions? options = null) =>
        Connect(ReceiverKind.BeforeSave, receiver, options);

    public IDisposable AfterSave<TModel>(
        Func<TModel, SaveContext, CancellationToken, Task> receiver, ReceiverOptions? options = null) =>
        Connect(ReceiverKind.AfterSave, receiver, options);

    public IDisposable BeforeDelete<TModel>(
        Func<TModel, DeleteContext, CancellationToken, Task> receiver, ReceiverOptions? options = null) =>
        Connect(ReceiverKind.BeforeDelete, receiver, options);

    public IDisposable AfterDelete<TModel>(
        Func<TModel, DeleteContext, CancellationToken, Task> receiver, ReceiverOptions? options = null) =>
        Connect(ReceiverKind.AfterDelete, receiver, options);

    public IDisposable LinksChanged<TModel>(
        Func<TModel, LinksContext, CancellationToken, Task> receiver, ReceiverOptions? options = null) =>
        Connect(ReceiverKind.LinksChanged, receiver, options);

    private Connection Connect<TModel, TContext>(
        ReceiverKind kind, Func<TModel, TContext, CancellationToken, Task> receiver, ReceiverOptions? options)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        options ??= new ReceiverOptions();
        var connected = new Receiver(
            options.Id ?? NameOf(receiver),
            kind,
            typeof(TModel),
            options.Order,
            options.Mode,
            Service: null,
            (_, model, context, cancellation) => receiver((TModel)model, (TContext)context, cancellation))
        {
            Id = options.Id,
        };

        lock (_changing)
        {
            var all = _all.All;
            if (all.FirstOrDefault(one => one.IsSame(connected)) is { } same)
                return new Connection(this, same);

            Replace([.. all, connected]);
            return new Connection(this, connected);
        }
    }

    private void Disconnect(Receiver receiver)
    {
        receiver.Disconnect();
        lock (_changing)
            Replace([.. _all.All.Where(one => !ReferenceEquals(one, receiver))]);
    }

    private void Replace(Receiver[] receivers)
    {
        _all = new ReceiverSet(receivers);
        _ofSaves = receivers.Any(receiver => receiver.Kind != ReceiverKind.Materialized) ? _all : null;
        _exist |= _ofSaves is not null;
    }

    private static string NameOf(Delegate receiver) =>
        $"{TypeNames.Of(receiver.Method.DeclaringType!)}.{receiver.Method.Name}";

    private sealed class Connection(ModelReceivers receivers, Receiver receiver) : IDisposable
    {
        public void Dispose() => receivers.Disconnect(receiver);
    }
}
