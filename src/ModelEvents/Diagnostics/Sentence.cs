namespace ModelEvents.Diagnostics;

/// <summary>Lets a text of somebody else stand in one of ModelEvents'.</summary>
internal static class Sentence
{
    /// <summary>The text with an end, so that another sentence can follow.</summary>
    public static string Of(string text)
    {
        var trimmed = text.TrimEnd();
        return trimmed.Length == 0 || trimmed[^1] is '.' or '!' or '?' ? trimmed : trimmed + ".";
    }
}
