using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;

namespace ModelEvents.Dispatching;

/// <summary>What the dispatchers of all outboxes in this process share.</summary>
internal sealed class DispatchContext(
    DispatchTargets targets,
    IOptions<ModelEventsOptions> options,
    TimeProvider time,
    HealthConditions conditions,
    BrokerReach reach,
    ILogger<OutboxDispatcher> log)
{
    public IReadOnlyList<IDispatchTarget> Targets => targets.All;

    public DispatcherOptions Options { get; } = options.Value.Dispatcher;

    public TimeProvider Time => time;

    public HealthConditions Conditions => conditions;

    public BrokerReach Reach => reach;

    public ILogger Log => log;
}
