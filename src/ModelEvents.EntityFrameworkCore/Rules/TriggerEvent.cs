namespace ModelEvents.Rules;

/// <summary>
/// That a rule was met, or that code says something happened. Written in the transaction of the change that met the rule.
/// </summary>
public sealed class TriggerEvent
{
    internal TriggerEvent()
    {
    }

    /// <summary>Its identity, a UUID of version 7; also the message id of the event that is published for it.</summary>
    public Guid Id { get; internal set; }

    /// <summary>What kind of event it is: the type of its rule, or what code says.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>The key of <see cref="Rule"/>, if there is one.</summary>
    public Guid? RuleId { get; internal set; }

    /// <summary>The rule that was met, as far as it is loaded; <see langword="null"/> where there is none.</summary>
    public TriggerRule? Rule { get; internal set; }

    /// <summary>What happened, as a JSON object.</summary>
    public string Description { get; internal set; } = "{}";

    /// <summary>When it happened, in UTC.</summary>
    public DateTimeOffset Occurred { get; internal set; }

    /// <summary>When somebody took care of it, in UTC; <see langword="null"/> until then.</summary>
    public DateTimeOffset? Acknowledged { get; internal set; }
}
