using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules;

/// <summary>
/// Creates, finds and acknowledges trigger events. A scoped service like <see cref="ITriggerRules"/>, with the same rules for
/// transactions and copies.
/// </summary>
public interface ITriggerEvents
{
    /// <summary>
    /// Creates an event. With a rule, <c>trigger__&lt;name of the rule&gt;</c> is published too, both or neither.
    /// </summary>
    /// <param name="type">What kind of event it is, at most 50 characters.</param>
    /// <param name="rule">The rule that it is of, in force or not.</param>
    /// <param name="description">What happened: an object that is written as JSON. Default: an empty one.</param>
    /// <param name="occurred">When it happened. Default: now.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The description is no object, or the type is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is called inside of a save that has no transaction yet, which could not take the event along if it failed.
    /// </exception>
    Task<TriggerEvent> CreateAsync(
        string type,
        TriggerRule? rule = null,
        object? description = null,
        DateTimeOffset? occurred = null,
        CancellationToken cancellationToken = default);

    /// <summary>The event with this id and its rule.</summary>
    Task<TriggerEvent?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// The event with this id, locked for update until the context's transaction ends, so that others who ask for it wait. A
    /// provider that is not relational has neither transactions nor locks: there it is only read.
    /// </summary>
    /// <exception cref="InvalidOperationException">The context has no transaction.</exception>
    Task<TriggerEvent?> GetLockedAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Events with their rules, the latest first.</summary>
    /// <param name="filter">Which. Default: all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<TriggerPage<TriggerEvent>> ListAsync(
        TriggerEventFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Notes that somebody took care of an event. Returns whether this call did: false where another one had before, or
    /// where there is no such event.
    /// </summary>
    Task<bool> AcknowledgeAsync(Guid id, CancellationToken cancellationToken = default);
}

/// <summary>The trigger events of <typeparamref name="TContext"/>, where several captured contexts map them.</summary>
/// <typeparam name="TContext">The captured context.</typeparam>
public interface ITriggerEvents<TContext> : ITriggerEvents
    where TContext : DbContext;
