using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;

namespace ModelEvents.Outbox;

/// <summary>
/// Looks, in the background and only where there is doubt, whether anybody reads the events of databases that were saved into
/// (<see cref="SavedDatabases"/>), and tells of those whose events nobody reads.
/// </summary>
internal sealed class DatabaseLooks(
    SavedDatabases databases, LookTimes times, HealthConditions conditions, TimeProvider time, ILogger<DatabaseLooks> logger)
    : BackgroundService
{
    // A round asks and names so many; the next goes on with those that were not asked for the longest time.
    private const int MostAsked = 20;
    private const int MostNamed = 5;

    private readonly string _condition = $"undispatched {databases.Context}";
    private readonly HashSet<SavedDatabase> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await databases.UntilDoubtedAsync(stoppingToken).ConfigureAwait(false);
                do
                {
                    await Task.Delay(times.Interval, time, stoppingToken).ConfigureAwait(false);
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                }
                while (databases.Others.Any());
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Whatever a driver throws when it is interrupted.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var database in databases.Others.Where(IsDue).OrderBy(its => its.LookedAt).Take(MostAsked).ToList())
            await LookAsync(database, cancellationToken).ConfigureAwait(false);

        Tell();
        if (databases.IsFull)
        {
            foreach (var led in databases.Others.Where(its => its.IsLed).OrderBy(its => its.LookedAt).Take(MostAsked).ToList())
                databases.Forget(led);
        }
    }

    private bool IsDue(SavedDatabase database) =>
        !database.IsLed || (database.IsSaved && time.GetElapsedTime(database.LookedAt) >= times.Recheck);

    private async Task LookAsync(SavedDatabase database, CancellationToken cancellationToken)
    {
        database.IsSaved = false;
        var isRead = await database.Look!.RunAsync(cancellationToken).ConfigureAwait(false);
        var now = time.GetTimestamp();
        if (isRead == true || database.IsLed)
            database.UnledSince = now;

        (database.LookedAt, database.IsLed) = (now, isRead == true);
        database.IsTold = !database.IsLed && time.GetElapsedTime(database.UnledSince, now) >= times.Patience;
    }

    private void Tell()
    {
        var told = databases.Others.Where(database => database.IsTold).ToHashSet();
        foreach (var database in told.Except(_told))
            Capture.Log.Undispatched(logger, databases.Context, database.Name, times.Patience, FailureOf(database));
        foreach (var database in _told.Except(told))
            Capture.Log.Dispatched(logger, databases.Context, database.Name);

        _told.Clear();
        _told.UnionWith(told);
        if (told.Count == 0)
            conditions.End(_condition);
        else
            conditions.Begin(_condition, HealthConditionKind.Degrades, TextOf(told));
    }

    private string TextOf(HashSet<SavedDatabase> told)
    {
        var names = told.Select(database => $"'{database.Name}'").Order(StringComparer.Ordinal).Take(MostNamed);
        var more = told.Count > MostNamed ? $" and {told.Count - MostNamed} more" : "";
        return $"Events of '{databases.Context}' wait where no dispatcher reads them: in {string.Join(", ", names)}{more}. "
            + "Let a dispatcher run there.";
    }

    private static string FailureOf(SavedDatabase database) =>
        database.Look?.Failure is { } failure ? $"It could not be asked. {failure} " : "";
}
