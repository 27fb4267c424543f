using System.Collections;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>The links of one instance that a save adds, or removes, through one navigation.</summary>
internal sealed class LinkGroup(LinkSide side, IUpdateEntry owner, bool isAdded)
{
    private readonly List<(IUpdateEntry Join, IUpdateEntry? Other)> _links = [];
    private EntityKey? _key;

    public LinkSide Side => side;

    public IUpdateEntry Owner => owner;

    public bool IsAdded => isAdded;

    private IReadOnlyList<IProperty> KeyProperties => side.Navigation.Inverse.ForeignKey.Properties;

    public void Add(IUpdateEntry join, IUpdateEntry? other) => _links.Add((join, other));

    /// <summary>Whether the removed links are all that there were: several, of which the collection holds none any more.</summary>
    public bool IsClear() =>
        !isAdded && _links.Count > 1
        && owner.GetCurrentValue(side.Navigation) is IEnumerable left && !left.Cast<object>().Any();

    public IReadOnlySet<object> Keys() =>
        _links.Where(link => !KeyProperties.Any(link.Join.HasTemporaryValue)).Select(link => KeyOf(link.Join)).ToHashSet();

    public IReadOnlyCollection<object> Others() =>
        [.. _links.Where(link => link.Other is not null).Select(link => link.Other!.ToEntityEntry().Entity)];

    private object KeyOf(IUpdateEntry join) =>
        KeyProperties is [var single]
            ? join.GetCurrentValue(single)!
            : (_key ??= new EntityKey(KeyProperties)).Text(join);
}
