namespace ModelEvents.Tests.Receivers;

/// <summary>The changes of a collection of links to a and b, and who is told what of them.</summary>
internal static class LinkChanges
{
    /// <summary>A change, what the side is told whose collection it is, and what those at the other side are told.</summary>
    public static TheoryData<string, string[], string[]> Table => new()
    {
        { "add one", ["PreAdd c", "PostAdd c"], ["PreAdd", "PostAdd"] },
        { "add two", ["PreAdd c,d", "PostAdd c,d"], ["PreAdd", "PreAdd", "PostAdd", "PostAdd"] },
        { "remove one", ["PreRemove a", "PostRemove a"], ["PreRemove", "PostRemove"] },
        { "clear", ["PreClear a,b", "PostClear a,b"], ["PreRemove", "PreRemove", "PostRemove", "PostRemove"] },
        {
            "set another",
            ["PreRemove a,b", "PreAdd c", "PostRemove a,b", "PostAdd c"],
            ["PreRemove", "PreRemove", "PreAdd", "PostRemove", "PostRemove", "PostAdd"]
        },
    };

    public static void Make<T>(string change, List<T> links, T[] all)
    {
        switch (change)
        {
            case "add one":
                links.Add(all[2]);
                break;
            case "add two":
                links.AddRange(all[2..]);
                break;
            case "remove one":
                links.Remove(all[0]);
                break;
            case "clear":
                links.Clear();
                break;
            default:
                links.Clear();
                links.Add(all[2]);
                break;
        }
    }
}
