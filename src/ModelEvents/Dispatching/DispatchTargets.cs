using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;

namespace ModelEvents.Dispatching;

/// <summary>Where this process takes events, each with its own workers and at its own pace.</summary>
internal sealed class DispatchTargets(ServedTargets served, IServiceProvider services)
{
    public IReadOnlyList<IDispatchTarget> All { get; } =
    [
        .. served.Broker ? [ActivatorUtilities.CreateInstance<BrokerTarget>(services)] : Array.Empty<IDispatchTarget>(),
        .. served.Handlers.Select(handler => ActivatorUtilities.CreateInstance<HandlerTarget>(services, handler)),
    ];
}
