namespace ModelEvents.Rules;

/// <summary>
/// A row that says when a change raises an extra event. Mapped by <c>modelBuilder.AddTriggerRules()</c>; made and changed by
/// <see cref="ITriggerRules"/>.
/// </summary>
public class TriggerRule
{
    /// <summary>The longest <see cref="Type"/>, in characters.</summary>
    public const int MaxTypeLength = 50;

    /// <summary>The longest <see cref="Name"/>, in characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>For EF Core, whose proxies derive from it.</summary>
    protected internal TriggerRule()
    {
    }

    /// <summary>Its identity, a UUID of version 7.</summary>
    public virtual Guid Id { get; protected internal set; }

    /// <summary>Which handler decides for it: one of <see cref="TriggerRuleTypes"/>, or that of your own.</summary>
    public virtual string Type { get; protected internal set; } = "";

    /// <summary>Its name, which names its events: <c>trigger__&lt;name&gt;</c>. Several rules may have the same.</summary>
    public virtual string Name { get; protected internal set; } = "";

    /// <summary>What its handler reads, as JSON text.</summary>
    public virtual string Configuration { get; protected internal set; } = "{}";

    /// <summary>Whether it is in force.</summary>
    public virtual bool IsActive { get; protected internal set; }

    /// <summary>When it was created, in UTC.</summary>
    public virtual DateTimeOffset Created { get; protected internal set; }

    /// <summary>When it was archived, in UTC. An archived rule is never in force again.</summary>
    public virtual DateTimeOffset? Archived { get; protected internal set; }

    /// <summary>When it was last edited or archived, in UTC; at first, when it was created.</summary>
    public virtual DateTimeOffset LastModified { get; protected internal set; }

    /// <summary>
    /// Grows by one each time it is edited or archived, so that of two who edit the same version the second is refused.
    /// Whoever changes the row by SQL adds one too: that is what other processes look at.
    /// </summary>
    public virtual long Version { get; protected internal set; }
}
