using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;
using ModelEvents.Outbox;

namespace ModelEvents.Diagnostics;

/// <summary>
/// Judges the service by the age of its oldest unpublished event, its parked events, the log kept for it, its database, whether
/// anything can be published, and what its parts report as <see cref="HealthConditions"/>.
/// </summary>
internal sealed class OutboxHealthCheck(
    IEnumerable<IOutboxReader> outboxes,
    OutboxHealthOptions options,
    IOptions<ModelEventsOptions> settings,
    TimeProvider time,
    HealthConditions? conditions = null,
    ServedTargets? served = null,
    BrokerReach? reach = null) : IHealthCheck
{
    private const long Megabyte = 1 << 20;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var findings = new List<(HealthStatus Status, string Text)>();
        Exception? error = null;
        foreach (var outbox in outboxes)
        {
            try
            {
                var status = await outbox.GetStatusAsync(cancellationToken).ConfigureAwait(false);
                data[outbox.Name] = Describe(status);
                findings.AddRange(Judge(outbox.Name, status));
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                error = exception;
                data[outbox.Name] = "away";
                findings.Add((HealthStatus.Unhealthy, $"The outbox '{outbox.Name}' cannot be reached: {OutboxFailure.Reason(exception)}"));
            }
        }

        // What does not degrade yet is said too: that all is well would not be so.
        findings.AddRange((conditions?.Current ?? []).Select(Judge));
        if (reach?.Failure is { } failure)
            findings.Add(Judge(failure));

        var worst = findings.Select(finding => finding.Status).Append(HealthStatus.Healthy).Min();
        var text = findings.Count == 0 ? "Events are published in time." : string.Join(' ', findings.Select(f => f.Text));
        return new HealthCheckResult(
            worst == HealthStatus.Unhealthy ? context.Registration.FailureStatus : worst, text, error, data);
    }

    private IEnumerable<(HealthStatus Status, string Text)> Judge(string name, OutboxStatus status)
    {
        var age = Age(status);
        if (After(age) is var delayed && delayed != HealthStatus.Healthy)
            yield return (delayed, $"The oldest event in '{name}' has waited for {Text(age)}.");

        if (status.Parked >= options.DegradedByParked)
            yield return (HealthStatus.Degraded, $"{status.Parked} events are parked in '{name}'.");

        foreach (var (handler, its) in status.Handlers.Where(one => one.Value.Waiting > 0 && served?.Has(one.Key) == false))
            yield return (
                HealthStatus.Degraded,
                $"{its.Waiting} events in '{name}' wait for the handler '{handler}', which is not registered.");

        if (status.PossibleLoss is { } loss)
            yield return (HealthStatus.Degraded, $"Changes were possibly lost in '{name}'. {loss}.");

        if (status.RetainedBytes / Megabyte >= settings.Value.Wal.MaxRetainedMegabytes)
            yield return (
                HealthStatus.Degraded,
                $"The database keeps {status.RetainedBytes / Megabyte} MB of its log for '{name}'.");
    }

    private (HealthStatus Status, string Text) Judge(HealthCondition condition)
    {
        var status = condition.Kind switch
        {
            HealthConditionKind.Degrades => HealthStatus.Degraded,
            HealthConditionKind.Fails => HealthStatus.Unhealthy,
            _ => After(time.GetUtcNow() - condition.Since),
        };
        return (status, condition.Text);
    }

    private (HealthStatus Status, string Text) Judge(ReachFailure failure) => failure.For is { } lasted
        ? (After(lasted), $"Nothing can be published for {Text(lasted)} now: {failure.Reason}")
        : (
            HealthStatus.Healthy,
            $"Nothing could be published when this process tried it last, {Text(failure.TriedAgo)} ago: {failure.Reason}");

    private HealthStatus After(TimeSpan lasted) =>
        lasted >= options.UnhealthyAfter ? HealthStatus.Unhealthy
        : lasted >= options.DegradedAfter ? HealthStatus.Degraded
        : HealthStatus.Healthy;

    private Dictionary<string, object> Describe(OutboxStatus status)
    {
        var described = new Dictionary<string, object>
        {
            ["waiting"] = status.Waiting,
            ["parked"] = status.Parked,
            ["oldestSeconds"] = Age(status).TotalSeconds,
        };
        if (status.RetainedBytes is { } retained)
            described["retainedBytes"] = retained;
        if (status.PossibleLoss is { } loss)
            described["possibleLoss"] = loss;

        foreach (var (handler, its) in status.Handlers)
        {
            described[$"{handler}.waiting"] = its.Waiting;
            described[$"{handler}.parked"] = its.Parked;
        }

        return described;
    }

    private TimeSpan Age(OutboxStatus status) =>
        status.OldestWaiting is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;

    private static string Text(TimeSpan span) => $"{TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds)):c}";
}
