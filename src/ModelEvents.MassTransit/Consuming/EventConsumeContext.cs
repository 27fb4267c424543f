using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Serialization;

namespace ModelEvents.Consuming;

/// <summary>
/// One event for all consumers of an endpoint. Where it cannot be read as what one of them takes, the others still handle it,
/// and then it is put aside.
/// </summary>
internal sealed class EventConsumeContext(ReceiveContext context, SerializerContext serializer)
    : BodyConsumeContext(context, serializer)
{
    private readonly HashSet<Type> _unreadable = [];

    public override bool TryGetMessage<T>([NotNullWhen(true)] out ConsumeContext<T>? message)
    {
        lock (_unreadable)
        {
            message = null;
            return !_unreadable.Contains(typeof(T)) && TryRead(out message);
        }
    }

    private bool TryRead<T>([NotNullWhen(true)] out ConsumeContext<T>? message)
        where T : class
    {
        try
        {
            return base.TryGetMessage(out message);
        }
#pragma warning disable CA1031 // A converter of the user's may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Awaited once all consumers are done.
            _unreadable.Add(typeof(T));
            AddConsumeTask(Task.FromException(exception));
            message = null;
            return false;
        }
    }
}
