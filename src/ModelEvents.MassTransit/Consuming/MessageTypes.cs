using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>Says what MassTransit would not, or only later, about a type that bodies are to be read as.</summary>
internal static class MessageTypes
{
    /// <exception cref="ArgumentException">No event can be read as <typeparamref name="TMessage"/>.</exception>
    public static void ThrowIfUnfit<TMessage, TConsumer>()
        where TMessage : class
    {
        if (MistakeIn(typeof(TMessage), typeof(TConsumer).Name) is { } mistake)
            throw new ArgumentException(mistake);
    }

    public static bool IsBatch(Type message) => message.IsGenericType && message.GetGenericTypeDefinition() == typeof(Batch<>);

    private static string? MistakeIn(Type message, string consumer)
    {
        if (IsBatch(message))
        {
            var one = message.GenericTypeArguments[0].Name;
            return $"The consumer '{consumer}' takes batches of '{one}', but the events of a key are handed over one after the "
                + $"other. Let it implement 'IConsumer<{one}>' and subscribe with 'On<{one}, {consumer}>'.";
        }

        if (message.Namespace is null)
            return $"'{message.Name}', as which the consumer '{consumer}' reads events, is in no namespace, which MassTransit asks "
                + "of messages. Put it into one.";

        return MessageTypeCache.IsValidMessageType(message)
            ? null
            : $"'{message.Name}' cannot be what the consumer '{consumer}' reads events as. Name a class, record or interface of "
                + $"your own. MassTransit says: {MessageTypeCache.InvalidMessageTypeReason(message)}";
    }
}
