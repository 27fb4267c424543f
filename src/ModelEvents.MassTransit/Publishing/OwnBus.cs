using System.Diagnostics.CodeAnalysis;
using MassTransit;

namespace ModelEvents.Publishing;

/// <summary>
/// A bus of ModelEvents' own. It stops at once also while its broker is away: MassTransit's does nothing while it has not started,
/// and goes on connecting.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "MassTransit disposes of no bus.")]
internal sealed class OwnBus(IBusControl bus, SocketWatch sockets, Func<BusConnection> connection)
    : BusInstance<IModelEventsBus>(bus), IBusControl
{
    // For a connection to be closed as it should be.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;

    /// <summary>Whether it neither starts nor connects any more.</summary>
    public bool IsOver => (_starting.IsCompleted || sockets.IsAborted) && !sockets.IsAnyOpen;

    public new Task<BusHandle> StartAsync(CancellationToken cancellationToken = default)
    {
        var starting = StartUntilStoppedAsync(cancellationToken);
        _starting = starting;
        return starting;
    }

    public new async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (!_starting.IsCompleted)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            sockets.Abort();
            await UntilPatienceEndsAsync(_starting).ConfigureAwait(false);
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        var stopping = base.StopAsync(cancellationToken);
        await UntilPatienceEndsAsync(stopping).ConfigureAwait(false);
        if (!stopping.IsCompleted)
            sockets.Abort();
        await UntilPatienceEndsAsync(stopping).ConfigureAwait(false);
        if (stopping.IsCompleted)
            await stopping.ConfigureAwait(false);
    }

    /// <summary>MassTransit's view of it, unless that leaves out that there is no connection to the broker.</summary>
    public new BusHealthResult CheckHealth()
    {
        var health = base.CheckHealth();
        var current = connection();
        if (health.Status != BusHealthStatus.Healthy || current.IsThere(_stopping.Token))
            return health;

        if (current.Failure is not { } failure)
        {
            return BusHealthResult.Degraded(
                $"The connection to the broker at '{current.Broker}' is being made.", exception: null!, health.Endpoints);
        }

        return BusHealthResult.Unhealthy(
            $"There is no connection to the broker at '{current.Broker}'. {failure.GetBaseException().Message}",
            failure,
            health.Endpoints);
    }

    // Without sockets it can do nothing any more, however long MassTransit waits inside of it.
    private static async Task UntilPatienceEndsAsync(Task task) =>
        await task.WaitAsync(Patience, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<BusHandle> StartUntilStoppedAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var started = await base.StartAsync(ending.Token).ConfigureAwait(false);
        connection().Look(_stopping.Token);
        return started;
    }
}
