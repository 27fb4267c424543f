namespace ModelEvents.Diagnostics;

/// <summary>When a delayed outbox makes the service degraded or unhealthy.</summary>
public sealed class OutboxHealthOptions
{
    /// <summary>
    /// The age of the oldest unpublished event, or of an outage, from which on the service is degraded. Default: 1 minute. At
    /// most <see cref="UnhealthyAfter"/>.
    /// </summary>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The age of the oldest unpublished event, or of an outage, from which on the service is unhealthy. Default: 10 minutes.
    /// </summary>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The number of parked events from which on the service is degraded. Default: 1.
    /// </summary>
    public long DegradedByParked { get; set; } = 1;
}
