namespace ModelEvents.Diagnostics;

/// <summary>How a <see cref="HealthCondition"/> changes the health of the service while it lasts.</summary>
internal enum HealthConditionKind
{
    /// <summary>The service is degraded.</summary>
    Degrades,

    /// <summary>The service is degraded once it has lasted for <see cref="OutboxHealthOptions.DegradedAfter"/>, and unhealthy
    /// after <see cref="OutboxHealthOptions.UnhealthyAfter"/>.</summary>
    Outage,

    /// <summary>The service is unhealthy.</summary>
    Fails,
}

/// <summary>Something that is wrong with the service right now.</summary>
/// <param name="Kind">What it does to the health of the service.</param>
/// <param name="Text">What is wrong, with the offending name, and what to do, in whole sentences.</param>
/// <param name="Since">When it began.</param>
internal sealed record HealthCondition(HealthConditionKind Kind, string Text, DateTimeOffset Since);
