using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Capture;

/// <summary>What every outbox promises where the server ends the session of a save: a row and its event, or neither.</summary>
public abstract partial class LostSessionContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    /// <summary>Whether an event is in the transaction of its row, and so there even if nobody heard of the commit.</summary>
    protected virtual bool IsDurable => true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Begun.BySave, true, 0)]
    [InlineData(Begun.BySave, false, 2)]
    [InlineData(Begun.ByContext, false, 0)]
    [InlineData(Begun.ByContext, true, 1)]
    [InlineData(Begun.ByContext, true, 2, false)]
    [InlineData(Begun.ByConnection, true, 1)]
    [InlineData(Begun.ByScope, false, 2)]
    [InlineData(Begun.ByEnlisting, true, 1)]
    public async Task Wherever_the_session_ends_there_is_an_event_for_each_row_and_no_other(
        Begun begun, bool isAsync, int noticed, bool savepoints = true)
    {
        using var end = new SessionEnd(fixture.ConnectionString);
        var store = fixture.CreateStore(before: [end], interceptors: [end]);
        var run = $"{begun}, {isAsync}, {noticed}, {savepoints}: ";
        // Where somebody opens the connection again after the save, EF Core has no transaction any more, nor has the event.
        var triggersOwn = begun != Begun.BySave && noticed < 2;

        for (var point = 0; !end.IsPast; point++)
        {
            await using var context = store.NewContext();
            context.Database.AutoSavepointsEnabled = savepoints;
            var saves = new Saves(store, context, $"{run}{point} ") { IsAsync = isAsync, TriggersOwn = triggersOwn };
            end.EndAt(point, noticed);
            await saves.TryAsync(begun);
        }

        end.Rest();
        var rows = await RowsAsync(store, run);
        var (changes, own) = await EventsAsync(store, run);
        Assert.Contains(rows, row => row.EndsWith(Saves.First, StringComparison.Ordinal));
        Assert.Equal(rows, changes);
        Assert.Equal(triggersOwn ? rows.Where(row => row.EndsWith(Saves.First, StringComparison.Ordinal)) : [], own);
    }

    [Fact]
    public async Task Sessions_that_end_at_random_leave_an_event_for_each_row_and_no_other()
    {
        const int Workers = 4, SavesOfEach = 20;
        var seed = Environment.TickCount;
        var run = $"seed {seed}: ";
        var savers = new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { ApplicationName = "savers" };
        var stores = new[] { NewStore(savers, retries: false), NewStore(savers, retries: true) };

        var working = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => SaveAsync(
            stores[worker % 2], new Random(seed + worker), $"{run}{worker} ", SavesOfEach))));
        await EndSessionsAsync(savers.ApplicationName!, new Random(seed), working);
        await working;

        var other = fixture.CreateStore();
        var rows = await RowsAsync(other, run);
        var (changes, own) = await EventsAsync(IsDurable ? other : stores[0], run);
        if (!IsDurable)
            changes = [.. changes, .. (await EventsAsync(stores[1], run)).Changes];
        TestContext.Current.TestOutputHelper?.WriteLine($"{run}{rows.Count} rows, {changes.Count} events, {own.Count} own");
        Assert.Empty(changes.Except(rows));
        Assert.Empty(own.Except(rows));
        if (IsDurable)
            Assert.Equal(rows, changes);
    }

    private static async Task SaveAsync(CapturedStore store, Random random, string name, int saves)
    {
        for (var number = 0; number < saves; number++)
        {
            await using var context = store.NewContext();
            context.Database.AutoSavepointsEnabled = random.Next(4) > 0;
            var one = new Saves(store, context, $"{name}{number} ") { IsAsync = random.Next(2) > 0, TriggersOwn = true };
            await one.TryAsync((Begun)random.Next(5));
        }
    }

    private async Task EndSessionsAsync(string application, Random random, Task work)
    {
        await using var others = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { ApplicationName = "others" });
        await using var end = others.CreateCommand(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = $1 ORDER BY random() LIMIT 1
            """);
        end.Parameters.AddWithValue(application);
        while (!work.IsCompleted)
        {
            await end.ExecuteNonQueryAsync(Cancellation);
            // Waits for nothing in particular: a fault may come at any moment of a save.
            await Task.WhenAny(work, Task.Delay(random.Next(30), Cancellation));
        }
    }

    private CapturedStore NewStore(NpgsqlConnectionStringBuilder connection, bool retries) =>
        fixture.CreateStore(register: services => services.AddDbContext<StoreContext>(options => options.UseNpgsql(
            connection.ConnectionString,
            npgsql =>
            {
                if (retries)
                    npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(20), null);
            }).AmongMany()));

    private static async Task<IReadOnlyList<string>> RowsAsync(CapturedStore store, string run)
    {
        await using var other = store.NewContext();
        var keys = await other.Settings.Where(setting => setting.Key.StartsWith(run)).Select(setting => setting.Key)
            .ToListAsync(Cancellation);
        return [.. keys.Order(StringComparer.Ordinal)];
    }

    private static async Task<(IReadOnlyList<string> Changes, IReadOnlyList<string> Own)> EventsAsync(
        CapturedStore store, string run)
    {
        var events = (await store.TakeEventsAsync()).Where(e => e.Key.StartsWith(run, StringComparison.Ordinal))
            .OrderBy(e => e.Key, StringComparer.Ordinal).ToLookup(e => e.Model.Length > 0, e => e.Key);
        return ([.. events[true]], [.. events[false]]);
    }
}
