using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ModelEvents to the service's health checks.</summary>
public static class ModelEventsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds the check <c>modelevents</c>, tagged <c>ready</c>: degraded or unhealthy by the age of the oldest
    /// unpublished event or of an outage of the broker, degraded by parked events, unhealthy while an outbox cannot be reached.
    /// </summary>
    public static IHealthChecksBuilder AddModelEvents(
        this IHealthChecksBuilder builder, Action<OutboxHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var options = new OutboxHealthOptions();
        configure?.Invoke(options);
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder.Add(new HealthCheckRegistration(
            "modelevents",
            services => ActivatorUtilities.CreateInstance<OutboxHealthCheck>(services, options),
            HealthStatus.Unhealthy,
            ["ready"]));
    }
}
