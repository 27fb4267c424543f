namespace ModelEvents.Handlers;

/// <summary>Whether what runs now was called by a handler.</summary>
internal static class HandlerCall
{
    private static readonly AsyncLocal<bool> Flow = new();

    public static bool IsCurrent => Flow.Value;

    /// <summary>What follows, in this asynchronous method and what it calls, is a call of a handler.</summary>
    public static void Begin() => Flow.Value = true;
}
