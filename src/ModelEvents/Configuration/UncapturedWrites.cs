namespace ModelEvents;

/// <summary>What to do about a write to a listed model's table that the change tracker does not see.</summary>
public enum UncapturedWrites
{
    /// <summary>Log it, once per model and kind of write.</summary>
    Warn,

    /// <summary>Let it pass silently.</summary>
    Ignore,

    /// <summary>Refuse it with an <see cref="InvalidOperationException"/> before it runs.</summary>
    Throw,
}
