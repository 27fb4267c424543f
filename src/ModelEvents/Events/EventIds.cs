namespace ModelEvents;

/// <summary>The one source of event ids: UUIDs of version 7, so that ids of one process sort by time.</summary>
internal static class EventIds
{
    public static Guid Next(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow());
}
