using Microsoft.EntityFrameworkCore;

namespace ModelEvents;

/// <summary>
/// Triggers own events: named ones that no change makes. They are appended like the others: in the transaction that the
/// context has now, so that a rollback takes them along, or at once where there is none, and then again after a
/// transient fault where the context's execution strategy retries saves. Inside of a save without a
/// transaction they wait for it and are gone if it fails. A scoped service, on the scope's captured context.
/// </summary>
public interface IModelEvents
{
    /// <summary>Triggers an event.</summary>
    /// <param name="name">
    /// Its declared name (<see cref="EventName"/>), which is also the routing key. One that is not declared is refused while
    /// the host's environment is development, and logged once elsewhere.
    /// </param>
    /// <param name="body">
    /// What becomes the JSON body, written as the results of serializers are. Without one the body is an empty object.
    /// </param>
    /// <param name="key">
    /// Own events of the same key keep their order, whatever their names: another transaction that triggers one waits until this
    /// one ends, where events are in a database. Without one the event has a key of its own (its
    /// id): no other waits for it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name is empty or too long, or has a control character. Or the key has the character U+0000.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The name is not declared, in development. Or the body cannot be written. Or several contexts are captured, so that
    /// <see cref="IModelEvents{TContext}"/> or <see cref="OnContext"/> must say which.
    /// </exception>
    /// <exception cref="DbUpdateException">The context's transaction has lost its connection.</exception>
    void Trigger(string name, object? body = null, string? key = null);

    /// <inheritdoc cref="Trigger"/>
    Task TriggerAsync(
        string name, object? body = null, string? key = null, CancellationToken cancellationToken = default);

    /// <summary>The same on another instance of a captured context, such as one that a factory made.</summary>
    /// <exception cref="InvalidOperationException">The context is not captured.</exception>
    IModelEvents OnContext(DbContext context);
}
