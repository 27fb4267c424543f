namespace ModelEvents;

/// <summary>When a model with a status field publishes <c>&lt;prefix&gt;__&lt;status&gt;</c>.</summary>
public enum StatusEvents
{
    /// <summary>On every insert and update.</summary>
    Always,

    /// <summary>On an insert and when the status changed; other updates are <c>&lt;prefix&gt;__updated</c>.</summary>
    OnChange,
}
