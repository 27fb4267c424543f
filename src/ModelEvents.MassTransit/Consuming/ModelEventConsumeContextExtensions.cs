using System.Diagnostics.CodeAnalysis;
using ModelEvents.Consuming;

namespace MassTransit;

/// <summary>What a consumed message says about its event.</summary>
public static class ModelEventConsumeContextExtensions
{
    /// <summary>Returns the event that the message carries, beside the body.</summary>
    /// <exception cref="InvalidOperationException">
    /// The message was not published by ModelEvents; the text names the header that is missing.
    /// </exception>
    public static ReceivedEvent ModelEvent(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ReceivedEvents.Read(ReceivedMessage.Of(context.ReceiveContext));
    }

    /// <summary>Returns the event that the message carries, or false where it is none of ModelEvents.</summary>
    public static bool TryGetModelEvent(this ConsumeContext context, [NotNullWhen(true)] out ReceivedEvent? received)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ReceivedEvents.TryRead(ReceivedMessage.Of(context.ReceiveContext), out received, out _);
    }
}
