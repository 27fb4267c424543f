namespace ModelEvents.Publishing;

/// <summary>What a status means.</summary>
internal static class PublishStatusExtensions
{
    /// <summary>Whether an event with this status lets the next one of its key go.</summary>
    public static bool IsDone(this PublishStatus status, UnroutableEvents unroutable) => status switch
    {
        PublishStatus.Confirmed => true,
        PublishStatus.Unroutable => unroutable is not UnroutableEvents.Park,
        _ => false,
    };
}
