using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes sure at start-up that the slot is there before the first save, that it can be read, and that the database has what
/// capture from the log needs. A database that is away stops no start: the dispatcher sets the slot up when it is back.
/// </summary>
internal sealed class WalSetup<TContext>(IServiceProvider services, ILogger<WalOutbox> logger) : IHostedService
    where TContext : DbContext
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetRequiredKeyedService<IOutbox>(typeof(TContext)) is not WalOutbox outbox)
            return;

        WalContexts.ThrowIfShared(services, typeof(TContext));
        try
        {
            var log = await outbox.LogAsync().ConfigureAwait(false);
            await log.Slot.EnsureAsync(cancellationToken).ConfigureAwait(false);
            await log.CheckAsync(cancellationToken).ConfigureAwait(false);
            if (log.Slot.IsToBeRead && await log.Slot.IsOpenToAllAsync(cancellationToken).ConfigureAwait(false))
                Log.AnyLoginWrites(logger, outbox.Name);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The program is being stopped before it has started. The host takes what is thrown for a failure.
        }
        catch (NpgsqlException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.SlotNotSetUp(logger, exception, outbox.Name);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
