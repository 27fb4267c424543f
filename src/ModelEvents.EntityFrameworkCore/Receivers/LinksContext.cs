using ModelEvents.Receivers;

namespace ModelEvents;

/// <summary>What a receiver is told about a change of many-to-many links.</summary>
public sealed class LinksContext : ReceiverContext
{
    private readonly LinkGroup _links;

    internal LinksContext(ReceivedSave save, LinkGroup links, LinkAction action)
        : base(save) =>
        (_links, Action) = (links, action);

    /// <summary>What happens, and whether it is about to happen or has happened.</summary>
    public LinkAction Action { get; }

    /// <summary>
    /// Which of the two sides is told: <see langword="false"/> for the one that the join table's key begins with, or that alone
    /// has a navigation property. Where that key is one of its own, for the one whose foreign key is the first by name.
    /// </summary>
    public bool Reverse => _links.Side.IsReverse;

    /// <summary>The name of the navigation property; where the class has none, the one that EF Core gave to it.</summary>
    public string Navigation => _links.Side.Navigation.Name;

    /// <summary>The model at the other end of the links.</summary>
    public Type OtherModel => _links.Side.Navigation.TargetEntityType.ClrType;

    /// <summary>
    /// The keys of the instances at the other end that are added or removed. A composite key is the text of a JSON array. A key
    /// that the database has yet to generate is missing before the save.
    /// </summary>
    public IReadOnlySet<object> Keys => _links.Keys();

    /// <summary>Those of these instances that are loaded.</summary>
    public IReadOnlyCollection<object> Others => _links.Others();
}
