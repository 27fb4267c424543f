using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Receivers;

/// <summary>
/// The receivers that are connected, in their order, and which of them concern an entity type: worked out once for each.
/// Immutable: connecting another makes another set.
/// </summary>
internal sealed class ReceiverSet
{
    private readonly ConditionalWeakTable<IEntityType, TypeReceivers> _byType = [];
    private readonly ConditionalWeakTable<IEntityType, LinkSide[]> _links = [];

    private readonly bool _hasLinks;

    public ReceiverSet(IEnumerable<Receiver> receivers)
    {
        All = [.. receivers.OrderBy(receiver => receiver.Order)];
        _hasLinks = All.Any(receiver => receiver.Kind == ReceiverKind.LinksChanged);
        HasAfter = _hasLinks || All.Any(receiver => receiver.Kind is ReceiverKind.AfterSave or ReceiverKind.AfterDelete);
    }

    public IReadOnlyList<Receiver> All { get; }

    /// <summary>Whether any of them is called after a save.</summary>
    public bool HasAfter { get; }

    public TypeReceivers Of(IEntityType type) => _byType.GetValue(type, one => new TypeReceivers(one, All));

    /// <summary>The sides of the links that rows of this type stand for; none where nobody receives any.</summary>
    public LinkSide[] LinksOf(IEntityType type) => _hasLinks ? _links.GetValue(type, LinkSide.Of) : [];
}
