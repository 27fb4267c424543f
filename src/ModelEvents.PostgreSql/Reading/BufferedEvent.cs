namespace ModelEvents.Outbox;

/// <summary>An event in an <see cref="EventBuffer"/>.</summary>
internal sealed class BufferedEvent(ModelEvent one, EventGroup group)
{
    public ModelEvent Event => one;

    public EventGroup Group => group;

    public short Lane { get; } = one.Lane;
}
