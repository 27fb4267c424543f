using ModelEvents.Models;

namespace ModelEvents.Receivers;

/// <summary>The receivers around saves of this host: registered classes, and delegates that come and go.</summary>
internal sealed class ModelReceivers : IModelReceivers
{
    private readonly Lock _changing = new();
    private volatile ReceiverSet? _current;
    private volatile bool _exist;

    public ModelReceivers(IEnumerable<ReceiverType> registered) =>
        Replace([.. registered.SelectMany(ReceiverContracts.Of)]);

    /// <summary>The receivers, or <see langword="null"/> where there are none, which is all that a save then asks.</summary>
    public ReceiverSet? Current => _current;

    /// <summary>Whether there have ever been any, so that a save that is running may have some.</summary>
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
            var all = _current?.All ?? [];
            if (all.FirstOrDefault(one => one.IsSame(connected)) is { } same)
                return new Connection(this, same);

            Replace([.. all, connected]);
            return new Connection(this, connected);
        }
    }

    private void Disconnect(Receiver receiver)
    {
        lock (_changing)
            Replace([.. (_current?.All ?? []).Where(one => !ReferenceEquals(one, receiver))]);
    }

    private void Replace(Receiver[] receivers)
    {
        _exist |= receivers.Length > 0;
        _current = receivers.Length == 0 ? null : new ReceiverSet(receivers);
    }

    private static string NameOf(Delegate receiver) =>
        $"{TypeNames.Of(receiver.Method.DeclaringType!)}.{receiver.Method.Name}";

    private sealed class Connection(ModelReceivers receivers, Receiver receiver) : IDisposable
    {
        public void Dispose() => receivers.Disconnect(receiver);
    }
}
