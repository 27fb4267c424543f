using ModelEvents.Receivers;

namespace ModelEvents;

/// <summary>What a receiver is told about a delete.</summary>
public sealed class DeleteContext : ReceiverContext
{
    internal DeleteContext(ReceivedSave save, object origin)
        : base(save) =>
        Origin = origin;

    /// <summary>
    /// Where the delete began: the instance itself, or the instance whose delete it cascades from, through any number of
    /// others.
    /// </summary>
    public object Origin { get; }
}
