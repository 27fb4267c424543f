using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;

namespace ModelEvents.Inbox;

/// <summary>
/// Deletes what an inbox need not remember any longer. Any number of processes may do so at once: each deletes what it
/// finds.
/// </summary>
internal sealed class InboxCleanup<TContext>(
    IServiceScopeFactory scopes,
    IOptionsMonitor<InboxOptions> options,
    TimeProvider time,
    ILogger<InboxCleanup<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    /// <summary>Rows that one statement deletes, so that no lock is held for long.</summary>
    public const int BatchSize = 1000;

    // Soon, also for processes that are restarted often, but not while everything starts.
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    private InboxOptions Options => options.Get(typeof(TContext).FullName);

    /// <summary>Deletes all that is older than the retention.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var limit = time.GetUtcNow() - Options.Retention;
        var scope = await ContextScope.OpenAsync(scopes, typeof(TContext), cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        using var tables = InboxContext.On(scope.Context);

        await DeleteAsync(
            tables.Notes.Select(note => note.HandledAt),
            limit,
            until => tables.Notes.Where(note => note.HandledAt <= until).ExecuteDeleteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);
        await DeleteAsync(
            tables.Sequences.Where(row => row.DeletedAt != null).Select(row => row.DeletedAt!.Value),
            limit,
            until => tables.Sequences.Where(row => row.DeletedAt <= until).ExecuteDeleteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = Options.CleanupInterval < First ? Options.CleanupInterval : First;

        while (true)
        {
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
            await TryCleanAsync(stoppingToken).ConfigureAwait(false);
            pause = Options.CleanupInterval;
        }
    }

    private async Task TryCleanAsync(CancellationToken stoppingToken)
    {
        try
        {
            await CleanAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Capture.Log.InboxNotCleaned(logger, exception, typeof(TContext).Name, Options.CleanupInterval);
        }
    }

    /// <summary>Deletes in steps that each end where the index says that a batch is full.</summary>
    private static async Task DeleteAsync(
        IQueryable<DateTimeOffset> times,
        DateTimeOffset limit,
        Func<DateTimeOffset, Task> delete,
        CancellationToken cancellationToken)
    {
        DateTimeOffset? last;

        do
        {
            last = await times.Where(one => one <= limit).OrderBy(one => one).Skip(BatchSize - 1)
                .Select(one => (DateTimeOffset?)one).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            await delete(last ?? limit).ConfigureAwait(false);
        }
        while (last is not null);
    }
}
