namespace ModelEvents.Outbox;

/// <summary>An event in an <see cref="EventBuffer"/>.</summary>
internal readonly struct BufferedEvent(ModelEvent one, EventGroup group)
{
    public ModelEvent Event { get; } = one;

    public EventGroup Group { get; } = group;

    public short Lane { get; } = one.Lane;
}
