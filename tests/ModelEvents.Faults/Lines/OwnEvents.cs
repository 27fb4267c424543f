namespace ModelEvents.Faults.Lines;

/// <summary>Events of a line that no change makes.</summary>
internal static class OwnEvents
{
    public static readonly EventName Keyed = EventName.Declare<OwnBody>("own.keyed", "A keyed event.");

    public static readonly EventName Free = EventName.Declare<OwnBody>("own.free", "An event without a key.");
}

internal sealed record OwnBody(long Mark, string? Key);
