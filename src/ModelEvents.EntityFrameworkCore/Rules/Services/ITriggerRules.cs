using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules;

/// <summary>
/// Creates, edits and finds rules. A scoped service on the scope's captured context that maps them: writes are in the
/// transaction that the context has, or else done at once, and touch nothing else that the context tracks. What is returned
/// is a copy that no context tracks. Without a transaction an edit is in force in this process when the call returns; in
/// others, and after a transaction's commit, within 2 seconds.
/// </summary>
public interface ITriggerRules
{
    /// <summary>Creates a rule.</summary>
    /// <param name="type">One of <see cref="TriggerRuleTypes"/>, or that of a handler of your own.</param>
    /// <param name="name">Its name, which names its events. Need not be unique.</param>
    /// <param name="configuration">What its handler reads: a JSON object.</param>
    /// <param name="isActive">Whether it is in force.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="InvalidTriggerTypeException">The type has no handler.</exception>
    /// <exception cref="InvalidTriggerRuleException">Name or configuration are wrong; with all reasons.</exception>
    Task<TriggerRule> CreateAsync(
        string type,
        string name,
        string configuration,
        bool isActive = true,
        CancellationToken cancellationToken = default);

    /// <summary>Creates a rule from a dictionary, which may have others and lists in it.</summary>
    /// <inheritdoc cref="CreateAsync(string, string, string, bool, CancellationToken)"/>
    Task<TriggerRule> CreateAsync(
        string type,
        string name,
        IReadOnlyDictionary<string, object?> configuration,
        bool isActive = true,
        CancellationToken cancellationToken = default);

    /// <summary>Edits a rule, if nobody else has since it was read.</summary>
    /// <param name="id">The rule.</param>
    /// <param name="version">The <see cref="TriggerRule.Version"/> that was read.</param>
    /// <param name="edit">What becomes of it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="TriggerRuleConflictException">It has another version by now, or is gone.</exception>
    /// <exception cref="InvalidTriggerRuleException">Name or configuration are wrong, or it is archived.</exception>
    /// <exception cref="InvalidTriggerTypeException">Its type has no handler.</exception>
    Task<TriggerRule> EditAsync(
        Guid id, long version, TriggerRuleEdit edit, CancellationToken cancellationToken = default);

    /// <summary>Archives a rule for good; once more does nothing. Its events stay.</summary>
    /// <param name="id">The rule.</param>
    /// <param name="version">The version that was read; <see langword="null"/> for any.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="TriggerRuleConflictException">It has another version by now, or is gone.</exception>
    Task<TriggerRule> ArchiveAsync(Guid id, long? version = null, CancellationToken cancellationToken = default);

    /// <summary>The rule with this id, archived or not.</summary>
    Task<TriggerRule?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// The rule with this name, its natural key. Of several the one that was created last and is not archived; if all are,
    /// the last of them.
    /// </summary>
    Task<TriggerRule?> GetByNameAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Rules, those created last first.</summary>
    /// <param name="filter">Which. Default: all, archived ones included.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<TriggerPage<TriggerRule>> ListAsync(
        TriggerRuleFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Fires the rule that <see cref="GetByNameAsync"/> finds: writes its <see cref="TriggerEvent"/> and publishes
    /// <c>trigger__&lt;name&gt;</c>, both or neither. Does nothing, and returns <see langword="null"/>, if it is not active.
    /// </summary>
    /// <param name="name">The rule's name.</param>
    /// <param name="description">What happened: an object that is written as JSON. Default: an empty one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="InvalidOperationException">There is no rule of this name.</exception>
    Task<TriggerEvent?> FireAsync(
        string name, object? description = null, CancellationToken cancellationToken = default);
}

/// <summary>The rules of <typeparamref name="TContext"/>, where several captured contexts map them.</summary>
/// <typeparam name="TContext">The captured context.</typeparam>
public interface ITriggerRules<TContext> : ITriggerRules
    where TContext : DbContext;
