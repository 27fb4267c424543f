using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Testing.Bakery;

/// <summary>Bakes in the background, in the flow that started the host.</summary>
public sealed class Oven(IServiceScopeFactory scopes) : BackgroundService
{
    private readonly Channel<(string Key, TaskCompletionSource Done)> _orders =
        Channel.CreateUnbounded<(string Key, TaskCompletionSource Done)>();

    /// <summary>Returns when it is baked.</summary>
    public Task BakeAsync(string key)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Writer.TryWrite((key, done));
        return done.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (key, done) in _orders.Reader.ReadAllAsync(stoppingToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<BakeryContext>().BakeAsync(key);
            done.SetResult();
        }
    }
}
