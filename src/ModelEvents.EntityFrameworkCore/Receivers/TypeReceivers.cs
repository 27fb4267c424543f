using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Receivers;

/// <summary>The receivers that concern one mapped entity type, of each kind in their order.</summary>
internal sealed class TypeReceivers
{
    private static readonly int Kinds = Enum.GetValues<ReceiverKind>().Length;

    private readonly Receiver[][] _byKind;

    /// <param name="type">The type.</param>
    /// <param name="all">All receivers, in their order.</param>
    public TypeReceivers(IEntityType type, IReadOnlyList<Receiver> all)
    {
        // What is owned is saved as a part of its owner, and join rows without a class of their own are links.
        var concerned = type.IsOwned() || type.HasSharedClrType ? [] : all.Where(receiver => receiver.Concerns(type)).ToList();
        _byKind = new Receiver[Kinds][];
        for (var kind = 0; kind < Kinds; kind++)
            _byKind[kind] = [.. concerned.Where(receiver => (int)receiver.Kind == kind)];
    }

    public Receiver[] this[ReceiverKind kind] => _byKind[(int)kind];
}
