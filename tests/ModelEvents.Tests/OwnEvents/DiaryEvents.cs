namespace ModelEvents.Tests.OwnEvents;

internal static class DiaryEvents
{
    public static readonly EventName Read = EventName.Declare<Reading>("diary.read", "Somebody read the diary.");

    public static readonly EventName Closed = EventName.Declare("diary.closed", "The diary was closed.");
}

internal static class UnusedEvents
{
    public static EventName Unused { get; } = EventName.Declare("unused", "Never yet.");
}

internal sealed record Reading(string ReaderName, string? Note);
