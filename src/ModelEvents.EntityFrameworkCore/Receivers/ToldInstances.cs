using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Receivers;

/// <summary>What receivers were told of before a save; each is told once.</summary>
internal sealed class ToldInstances
{
    /// <summary>Changed instances. One that a receiver then deletes after all is told again.</summary>
    public HashSet<(IUpdateEntry Entry, bool IsDeleted)> Changes { get; } = [];

    /// <summary>Rows of join tables.</summary>
    public HashSet<IUpdateEntry> Links { get; } = [];
}
