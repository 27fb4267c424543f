using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Receivers;

/// <summary>Calls the registered receivers of one kind that is not about a save, in their order and a scope of the call.</summary>
/// <typeparam name="TReceiver">The interface that they implement.</typeparam>
internal sealed class LifeCycleReceivers<TReceiver>(
    IEnumerable<ReceiverType> registered, IServiceScopeFactory scopes, ILogger<LifeCycleReceivers<TReceiver>> log)
    where TReceiver : class, IModelReceiver
{
    private readonly ReceiverType[] _receivers =
    [
        .. registered.Where(receiver => receiver.Type.IsAssignableTo(typeof(TReceiver)))
            .OrderBy(receiver => receiver.Order),
    ];

    public bool Any => _receivers.Length > 0;

    /// <summary>Calls them for each item where nothing may wait.</summary>
    /// <param name="items">What they are called for.</param>
    /// <param name="call">Calls one.</param>
    /// <param name="isRobust">Whether no exception may leave this, whatever the receivers were registered with.</param>
    public void Call<T>(IEnumerable<T> items, Func<TReceiver, T, Task> call, bool isRobust = false)
    {
        if (!Any)
            return;

        try
        {
            using var scope = scopes.CreateScope();
            CallAsync(
                scope.ServiceProvider,
                items,
                (receiver, item) => CompletedTask.Require(call(receiver, item), receiver.GetType()),
                isRobust).ThrowIfFailed();
        }
        catch (Exception exception) when (isRobust)
        {
            ScopeFailed(exception);
        }
    }

    /// <summary>Calls them for each item.</summary>
    /// <inheritdoc cref="Call{T}"/>
    public async Task CallAsync<T>(IEnumerable<T> items, Func<TReceiver, T, Task> call, bool isRobust = false)
    {
        if (!Any)
            return;

        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
                await CallAsync(scope.ServiceProvider, items, call, isRobust).ConfigureAwait(false);
        }
        catch (Exception exception) when (isRobust)
        {
            ScopeFailed(exception);
        }
    }

    private async Task CallAsync<T>(
        IServiceProvider services, IEnumerable<T> items, Func<TReceiver, T, Task> call, bool isRobust)
    {
        foreach (var item in items)
        {
            foreach (var receiver in _receivers)
                await CallAsync(services, receiver, service => call(service, item), isRobust).ConfigureAwait(false);
        }
    }

    /// <summary>All were called, and something that they were made with does not let itself be disposed of.</summary>
    private void ScopeFailed(Exception exception) =>
        Log.ReceiverFailed(log, exception, string.Join("', '", _receivers.Select(one => one.Name)), typeof(TReceiver).Name);

    private async Task CallAsync(
        IServiceProvider services, ReceiverType receiver, Func<TReceiver, Task> call, bool isRobust)
    {
        try
        {
            await call((TReceiver)services.GetRequiredService(receiver.Type)).ConfigureAwait(false);
        }
        catch (Exception exception) when (isRobust || receiver.Mode == SendMode.SendRobust)
        {
            Log.ReceiverFailed(log, exception, receiver.Name, typeof(TReceiver).Name);
        }
    }
}
