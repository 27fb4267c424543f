using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelEvents.Dispatching;

/// <summary>What the dispatchers of all outboxes in this process share.</summary>
internal sealed class DispatchContext(
    DispatchTargets targets,
    IOptions<ModelEventsOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> log)
{
    public IReadOnlyList<IDispatchTarget> Targets => targets.All;

    public DispatcherOptions Options { get; } = options.Value.Dispatcher;

    public TimeProvider Time => time;

    public ILogger Log => log;
}
