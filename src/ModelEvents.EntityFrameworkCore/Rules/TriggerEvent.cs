namespace ModelEvents.Rules;

/// <summary>
/// That a rule was met, or that code says something happened. Written in the transaction of the change that met the rule.
/// </summary>
public class TriggerEvent
{
    /// <summary>For EF Core, whose proxies derive from it.</summary>
    protected internal TriggerEvent()
    {
    }

    /// <summary>Its identity, a UUID of version 7; also the message id of the event that is published for it.</summary>
    public virtual Guid Id { get; protected internal set; }

    /// <summary>What kind of event it is: the type of its rule, or what code says.</summary>
    public virtual string Type { get; protected internal set; } = "";

    /// <summary>The key of <see cref="Rule"/>, if there is one.</summary>
    public virtual Guid? RuleId { get; protected internal set; }

    /// <summary>The rule that was met, as far as it is loaded; <see langword="null"/> where there is none.</summary>
    public virtual TriggerRule? Rule { get; protected internal set; }

    /// <summary>What happened, as a JSON object.</summary>
    public virtual string Description { get; protected internal set; } = "{}";

    /// <summary>When it happened, in UTC.</summary>
    public virtual DateTimeOffset Occurred { get; protected internal set; }

    /// <summary>When somebody took care of it, in UTC; <see langword="null"/> until then.</summary>
    public virtual DateTimeOffset? Acknowledged { get; protected internal set; }
}
