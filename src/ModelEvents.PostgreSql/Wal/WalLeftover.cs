using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;

namespace ModelEvents.Outbox;

/// <summary>
/// Tells, where events are delivered from the table again, of a slot that is left from delivery from the log: what other
/// processes write into the log, or wrote last, waits there for nobody.
/// </summary>
internal sealed class WalLeftover<TContext>(
    IServiceProvider services,
    IOptions<ModelEventsOptions> options,
    HealthConditions health,
    TimeProvider time,
    ILogger<WalOutbox> logger) : BackgroundService
    where TContext : DbContext
{
    private string _found = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetRequiredKeyedService<IOutbox>(typeof(TContext)) is not PostgreSqlOutbox)
            return;

        var condition = $"leftover:{typeof(TContext).FullName}";
        while (await FindAsync(stoppingToken).ConfigureAwait(false) is { } slot)
        {
            if (slot.Length == 0)
                health.End(condition);
            else if (health.Begin(condition, HealthConditionKind.Degrades, WalSlotErrors.Leftover(slot)))
                Log.SlotLeftOver(logger, WalSlotErrors.Leftover(slot));

            await Task.Delay(options.Value.Dispatcher.PollInterval, time, stoppingToken).ConfigureAwait(false);
        }

        health.End(condition);
    }

    /// <summary>
    /// The slot that nobody reads, an empty name if somebody does, what was found last if it cannot be told, or <see langword="null"/> if there is
    /// none.
    /// </summary>
    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scope = services.CreateAsyncScope();
            await using var closing = scope.ConfigureAwait(false);
            var context = scope.ServiceProvider.GetRequiredService<TContext>();
            var connectionString = options.Value.Wal.ConnectionString ?? context.Database.GetConnectionString()!;
            var names = new WalNames(options.Value.Wal.Slot, typeof(TContext));
            var slot = new WalSlot(names, connectionString, options.Value.Wal, time, logger)
            {
                IsToBeRead = false,
                Owner = WalOwner.Of(context, service: null),
            };
            var state = await slot.LookAsync(cancellationToken).ConfigureAwait(false);
            if (!state.Exists || !slot.Owner.MayUse(state.Owner))
                return null;

            return _found = state.ActivePid is null ? slot.Name : "";
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The database is away, which the dispatcher tells of.
            return _found;
        }
    }
}
