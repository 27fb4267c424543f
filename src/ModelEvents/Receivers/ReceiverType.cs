using System.Reflection;
using ModelEvents.Models;

namespace ModelEvents.Receivers;

/// <summary>A class that is registered as a receiver.</summary>
/// <param name="Type">The class.</param>
/// <param name="Mode">What its exceptions do.</param>
internal sealed record ReceiverType(Type Type, SendMode Mode)
{
    public string Name { get; } = TypeNames.Of(Type);

    public int Order { get; } = Type.GetCustomAttribute<OrderAttribute>()?.Value ?? 0;
}
