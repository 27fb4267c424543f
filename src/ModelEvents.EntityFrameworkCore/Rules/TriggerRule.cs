namespace ModelEvents.Rules;

/// <summary>
/// A row that says when a change raises an extra event. Mapped by <c>modelBuilder.AddTriggerRules()</c>; made and changed by
/// <see cref="ITriggerRules"/>.
/// </summary>
public sealed class TriggerRule
{
    /// <summary>The longest <see cref="Type"/>, in characters.</summary>
    public const int MaxTypeLength = 50;

    /// <summary>The longest <see cref="Name"/>, in characters.</summary>
    public const int MaxNameLength = 200;

    internal TriggerRule()
    {
    }

    /// <summary>Its identity, a UUID of version 7.</summary>
    public Guid Id { get; internal set; }

    /// <summary>Which handler decides for it: one of <see cref="TriggerRuleTypes"/>, or that of your own.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>Its name, which names its events: <c>trigger__&lt;name&gt;</c>. Several rules may have the same.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>What its handler reads, as JSON text.</summary>
    public string Configuration { get; internal set; } = "{}";

    /// <summary>Whether it is in force.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>When it was created, in UTC.</summary>
    public DateTimeOffset Created { get; internal set; }

    /// <summary>When it was archived, in UTC. An archived rule is never in force again.</summary>
    public DateTimeOffset? Archived { get; internal set; }

    /// <summary>When it was last edited or archived, in UTC; at first, when it was created.</summary>
    public DateTimeOffset LastModified { get; internal set; }

    /// <summary>
    /// Grows by one each time it is edited or archived, so that of two who edit the same version the second is refused.
    /// Whoever changes the row by SQL adds one too: that is what other processes look at.
    /// </summary>
    public long Version { get; internal set; }
}
