namespace ModelEvents.Outbox;

/// <summary>One of EF Core's statements, changed so that it writes its row's event as well.</summary>
internal sealed class ExtendedStatement(string text)
{
    public string Text => text;

    /// <summary>How often it was used, while it is not to be prepared.</summary>
    public int Uses { get; set; }

    /// <summary>Whether it comes so often that it is worth preparing.</summary>
    public bool IsToPrepare { get; set; }
}
