namespace ModelEvents;

/// <summary>The outbox table, which becomes part of the captured context's EF model and so of its migrations.</summary>
public sealed class OutboxTableOptions
{
    /// <summary>The table's name. Default: <c>model_events_outbox</c>.</summary>
    public string Table { get; set; } = "model_events_outbox";

    /// <summary>The table's schema. Default: the context's default schema.</summary>
    public string? Schema { get; set; }
}
