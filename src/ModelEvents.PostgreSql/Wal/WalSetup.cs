using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Makes sure at start-up that the slot is there before the first save, and that it can be read. A database that is away
/// stops no start: the dispatcher sets the slot up when it is back.
/// </summary>
internal sealed class WalSetup<TContext>(IServiceProvider services, ILogger<WalOutbox> logger) : IHostedService
    where TContext : DbContext
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetRequiredKeyedService<IOutbox>(typeof(TContext)) is not WalOutbox outbox)
            return;

        try
        {
            var slot = await outbox.SlotAsync().ConfigureAwait(false);
            await slot.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            Log.SlotNotSetUp(logger, exception, outbox.Name);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
