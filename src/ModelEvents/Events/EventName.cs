using ModelEvents.Catalog;
using ModelEvents.Models;

namespace ModelEvents;

/// <summary>
/// The name of an own event: one that code triggers, beside those that changes make. Names are declared in one place per
/// area, as static fields or properties, and so enter the catalog of events (<see cref="IModelEventCatalog"/>).
/// </summary>
/// <example>
/// <code>
/// public static class OrderEvents
/// {
///     public static readonly EventName Overdue = EventName.Declare("order.overdue", "An order passed its due date.");
/// }
/// </code>
/// </example>
public sealed class EventName
{
    private EventName(string name, string description, Type? bodyType) =>
        (Name, Description, BodyType) = (name, description, bodyType);

    /// <summary>The name, which is also the routing key.</summary>
    public string Name { get; }

    /// <summary>When the event is triggered, for a reader of the catalog.</summary>
    public string Description { get; }

    /// <summary>What the body is written from, where the declaration tells it.</summary>
    internal Type? BodyType { get; }

    /// <summary>Declares a name. Declaring it twice with the same words does no harm; with others it stops the start.</summary>
    /// <param name="name">
    /// The name, such as <c>order.overdue</c>: at most 255 bytes of UTF-8, which is what AMQP 0-9-1 allows in a routing key.
    /// </param>
    /// <param name="description">When the event is triggered, as a sentence.</param>
    /// <exception cref="ArgumentException">The name is empty or too long, or has a control character.</exception>
    public static EventName Declare(string name, string description) => Declare(name, description, bodyType: null);

    /// <summary>Declares a name whose events have a <typeparamref name="TBody"/> as their body: the catalog has its schema.</summary>
    /// <inheritdoc cref="Declare(string, string)"/>
    public static EventName Declare<TBody>(string name, string description) => Declare(name, description, typeof(TBody));

    /// <summary>The name as it is on the wire.</summary>
    public static implicit operator string(EventName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Name;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether both say the same.</summary>
    internal bool IsLike(EventName other) =>
        Name == other.Name && Description == other.Description && BodyType == other.BodyType;

    private static EventName Declare(string name, string description, Type? bodyType)
    {
        EventNames.ThrowIfUnfit(name, nameof(name));
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        return DeclaredNames.Add(new EventName(name, description, bodyType));
    }
}
