using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Outbox;

namespace ModelEvents.Tests.Wal;

/// <summary>Commits that are on disk, and in the log, and wait for a standby: nobody can see their rows yet.</summary>
public sealed class UnseenCommitTests(StandbyServer server) : IClassFixture<StandbyServer>, IAsyncLifetime
{
    // A command that waits for longer ends by itself, and its commit with it.
    private static readonly TimeSpan LessThanACommand = TimeSpan.FromSeconds(20);

    private readonly SeenRows.Found _found = new();
    private TestDatabase _database = null!;
    private RabbitQueue _queue = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<DeliveryMode, CaptureSource> Ways => new()
    {
        { DeliveryMode.Outbox, CaptureSource.Tracker },
        { DeliveryMode.Wal, CaptureSource.Tracker },
        { DeliveryMode.Wal, CaptureSource.Log },
    };

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server.ConnectionString);
        _queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
    }

    public async ValueTask DisposeAsync()
    {
        await server.LetCommitsGoAsync();
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Their_events_leave_when_they_can_be_seen_and_hold_no_other_back(
        DeliveryMode delivery, CaptureSource capture)
    {
        await using var host = await StartAsync(delivery, capture);
        await using var other = Saver(delivery, capture);
        var before = await host.SaveAsync();
        await ArriveAsync(before);
        await server.HoldCommitsAsync();
        var saving = host.SaveAsync();
        await StandbyServer.HeldAsync(_database);

        var seen = await other.SaveAsync();
        await ArriveAsync(before, seen);
        await server.LetCommitsGoAsync();

        await ArriveAsync(before, seen, await saving);
        Assert.All(_found.Rows, row => Assert.True(row.Value, $"the row of {row.Key} was not there"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_event_of_one_whose_session_is_ended_leaves_as_its_row_stays(
        DeliveryMode delivery, CaptureSource capture)
    {
        await using var host = await StartAsync(delivery, capture);
        var before = await host.SaveAsync();
        await ArriveAsync(before);
        await server.HoldCommitsAsync();
        var saving = host.SaveAsync();
        var process = await StandbyServer.HeldAsync(_database);

        await _database.ScalarAsync<bool>($"SELECT pg_terminate_backend({process})");

        await Assert.ThrowsAnyAsync<Exception>(() => saving);
        await ArriveAsync(before, $"{await _database.ScalarAsync<long>("""SELECT max("Id") FROM "Parcels" """)}");
        Assert.All(_found.Rows, row => Assert.True(row.Value, $"the row of {row.Key} was not there"));
    }

    [Fact]
    public async Task What_the_log_lacks_of_them_is_read_when_they_can_be_seen()
    {
        await using var host = await StartAsync(
            DeliveryMode.Wal, CaptureSource.Log, options => options.Wal.WholeRows = false);
        await ArriveAsync(await host.SaveAsync());
        await server.HoldCommitsAsync();
        var writing = WriteLargeAsync();
        await StandbyServer.HeldAsync(_database);
        await server.LetCommitsGoAsync();
        await writing;

        await _queue.WaitForAsync(3);
        var body = System.Text.Json.Nodes.JsonNode.Parse(_queue.Deliveries[2].Body)!;
        Assert.Equal((1, 32_000), ((int)body["step"]!, ((string)body["content"]!).Length));
    }

    [Fact]
    public async Task A_prepared_transaction_and_its_savepoints_are_seen_by_the_number_of_the_whole()
    {
        await server.StopAsync();
        await server.StartAsync("max_prepared_transactions=5");
        await using var host = await StartAsync(DeliveryMode.Wal, CaptureSource.Log);
        var before = await host.SaveAsync();
        await ArriveAsync(before);
        await _database.ExecuteAsync(
            """
            BEGIN; SAVEPOINT s; INSERT INTO "Parcels" ("Step") VALUES (1); RELEASE SAVEPOINT s; PREPARE TRANSACTION 'all'
            """);
        await server.HoldCommitsAsync();
        var committing = _database.ExecuteAsync("COMMIT PREPARED 'all'");
        await StandbyServer.HeldAsync(_database);
        await Eventually.TrueAsync(
            async () => (await host.StatusAsync()).Waiting > 0, () => "the transaction was not read");
        await ArriveAsync(before);

        await server.LetCommitsGoAsync();
        await committing;

        await ArriveAsync(before, $"{await _database.ScalarAsync<long>("""SELECT max("Id") FROM "Parcels" """)}");
        Assert.All(_found.Rows, row => Assert.True(row.Value, $"the row of {row.Key} was not there"));
    }

    [Fact]
    public async Task Events_of_an_entity_with_one_that_cannot_be_seen_follow_it_and_all_are_counted()
    {
        await using var process = Process(_database.ConnectionString);
        await using var quick = Process(StandbyServer.NotWaiting(_database));
        await using (var scope = process.Scope())
            await scope.ServiceProvider.GetRequiredService<Outbox.ParcelContext>().Database.EnsureCreatedAsync(Token);
        await using var session = await process.Outbox.OpenAsync(Token);
        await server.HoldCommitsAsync();
        var committing = process.CommitAsync(TestEvents.Make("7", "first"));
        await StandbyServer.HeldAsync(_database);

        await quick.CommitAsync(TestEvents.Make("7", "second"));
        await quick.CommitAsync(TestEvents.Make("8", "other"));

        Assert.Equal(["other"], (await ClaimUntilAsync(session, 1)).Names());
        Assert.Equal(3, (await process.Outbox.GetStatusAsync(Token)).Waiting);
        await server.LetCommitsGoAsync();
        await committing;
        var claimed = (await ClaimUntilAsync(session, 3)).Where(one => one.Event.Key == "7");
        Assert.Equal(["first", "second"], claimed.ToArray().Names());
    }

    [Theory]
    [InlineData("*")]
    [InlineData("ANY 1 (*)")]
    public async Task A_reader_that_commits_would_wait_for_says_so_and_lets_them_go_on(string standbys)
    {
        await using var host = await StartAsync(DeliveryMode.Wal, CaptureSource.Tracker);
        var before = await host.SaveAsync();
        await ArriveAsync(before);
        await server.HoldCommitsAsync(standbys);

        var saving = host.SaveAsync();

        await host.LoggedAsync(3030, "for a synchronous standby");
        await host.IsUnhealthyAsync("for a synchronous standby");
        await ReadAnewAsync();
        await host.IsUnhealthyAsync("for a synchronous standby");
        await server.LetCommitsGoAsync();
        await ArriveAsync(before, await saving);
        await Eventually.TrueAsync(
            async () => (await host.CheckHealthAsync()).Status == HealthStatus.Healthy, () => "it is still unhealthy");
    }

    [Fact]
    public async Task A_reader_that_commits_would_wait_for_says_so_while_others_are_seen()
    {
        await using var host = await StartAsync(DeliveryMode.Wal, CaptureSource.Tracker);
        await using var other = Saver(DeliveryMode.Wal, CaptureSource.Tracker);
        await ArriveAsync(await host.SaveAsync());
        await server.HoldCommitsAsync("*");
        var saving = host.SaveAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                await other.SaveAsync();
                return host.Log.Lines(3030).Length > 0;
            },
            () => "it is not told that commits wait for the reader");

        await server.LetCommitsGoAsync();
        var held = await saving;
        await Eventually.TrueAsync(
            () => _queue.Deliveries.Any(one => one.Header(EventHeaders.Key) == held), () => $"{held} was not published");
    }

    [Fact]
    public async Task A_reader_that_commits_would_wait_for_says_so_while_it_waits_for_what_the_log_lacks()
    {
        await using var host = await StartAsync(
            DeliveryMode.Wal, CaptureSource.Log, options => options.Wal.WholeRows = false);
        await ArriveAsync(await host.SaveAsync());
        await server.HoldCommitsAsync("*");
        var writing = WriteLargeAsync();

        await host.LoggedAsync(3030, "for a synchronous standby");

        await server.LetCommitsGoAsync();
        await writing;
        await _queue.WaitForAsync(3);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("ANY 1 (*)")]
    public async Task A_reader_that_commits_wait_for_does_not_wait_for_itself(string standbys)
    {
        await using var process = Process(_database.ConnectionString);
        await using (var scope = process.Scope())
            await scope.ServiceProvider.GetRequiredService<Outbox.ParcelContext>().Database.EnsureCreatedAsync(Token);
        await using var session = await process.Outbox.OpenAsync(Token);
        await process.CommitAsync(TestEvents.Make("7", "refused"));
        var claimed = Assert.Single(await ClaimUntilAsync(session, 1)).Event;
        await server.HoldCommitsAsync(standbys);
        var committing = _database.ExecuteAsync("CREATE TABLE other ()");
        await StandbyServer.HeldAsync(_database);

        await session.CompleteAsync(LaneSlice.All, [], [new FailedEvent(claimed, 1, "refused", RetryAfter: null)], Token)
            .WaitAsync(LessThanACommand, Token);

        Assert.Equal(1, (await process.Outbox.GetStatusAsync(Token)).Parked);
        await committing;
    }

    [Fact]
    public async Task What_is_kept_of_the_slot_waits_for_no_standby()
    {
        var records = new SlotRecords(_database.ConnectionString, schema: null, "outbox", "slot");
        await _database.ExecuteAsync(records.Create);
        var seen = new LogPublication(IsWhole: true, [], []);
        await server.HoldCommitsAsync();

        await KeepAllAsync().WaitAsync(LessThanACommand, Token);

        Assert.Equal(new SlotRecord("system", 1, new(7), "some"), await records.ReadAsync(Token));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddHours(1), (await records.ReadSeenAsync(Token))?.At);

        async Task KeepAllAsync()
        {
            await records.SaveAsync(new SlotRecord("system", 1, new(5), PossibleLoss: null), Token);
            Assert.True(await records.KeepSeenAsync(seen, DateTimeOffset.UnixEpoch, Token));
            await records.KeepAsync(new(7), DateTimeOffset.UnixEpoch.AddHours(1), Token);
            await records.ReportAsync("some", Token);
        }
    }

    private static OutboxProcess Process(string connectionString) => new(
        connectionString,
        services => new CaptureBuilder<Outbox.ParcelContext>(services).UsePostgreSqlWal(),
        TimeProvider.System);

    private static async Task<IReadOnlyList<OutboxEntry>> ClaimUntilAsync(IOutboxSession session, int count)
    {
        IReadOnlyList<OutboxEntry> claimed = [];
        await Eventually.TrueAsync(
            async () => (claimed = await session.ClaimAsync(LaneSlice.All, 10, Token)).Count == count,
            () => $"{claimed.Count} events are claimed");
        return claimed;
    }

    /// <summary>Changes a row of which the log does not repeat what is stored out of line.</summary>
    private Task<int> WriteLargeAsync() => _database.ExecuteAsync(
        """
        INSERT INTO "Parcels" ("Step", "Content") SELECT 0, string_agg(md5(i::text), '') FROM generate_series(1, 1000) AS i;
        UPDATE "Parcels" SET "Step" = 1 WHERE "Content" IS NOT NULL
        """);

    private async Task<WalHost> StartAsync(
        DeliveryMode delivery, CaptureSource capture, Action<ModelEventsOptions>? configure = null)
    {
        var host = new WalHost(
            _database,
            options =>
            {
                (options.Delivery, options.Capture) = (delivery, capture);
                options.Dispatcher.PollInterval = TimeSpan.FromSeconds(1);
                options.Wal.SetUp = capture == CaptureSource.Log;
                configure?.Invoke(options);
            },
            addServices: services =>
            {
                services.AddSingleton(_found);
                services.AddModelEvents(_ => { }).AddEventHandler<SeenRows>();
            });
        await host.CreateTablesAsync();
        await host.StartAsync();
        return host;
    }

    /// <summary>Waits until another session reads the log than did.</summary>
    private async Task ReadAnewAsync()
    {
        var before = await ReaderAsync();
        await Eventually.TrueAsync(
            async () => await ReaderAsync() is > 0 and var now && now != before, () => "no other session has begun to read");

        Task<int> ReaderAsync() => _database.ScalarAsync<int>(
            "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE database = current_database()");
    }

    /// <summary>A process that dispatches nothing and whose commits do not wait.</summary>
    private WalHost Saver(DeliveryMode delivery, CaptureSource capture) => new(
        _database,
        options =>
        {
            (options.Delivery, options.Capture, options.Dispatcher.Enabled) = (delivery, capture, false);
        },
        StandbyServer.NotWaiting(_database),
        services =>
        {
            services.AddSingleton(_found);
            services.AddModelEvents(_ => { }).AddEventHandler<SeenRows>();
        });

    /// <summary>Waits until the events of these parcels, and no other, have reached the broker and the handler.</summary>
    private async Task ArriveAsync(params string[] parcels)
    {
        await Eventually.TrueAsync(
            () => _queue.Count >= parcels.Length && _found.Rows.Count >= parcels.Length,
            () => $"{_queue.Count} events were published, {_found.Rows.Count} handled");
        Assert.Equal(parcels, _queue.Deliveries.Select(delivery => delivery.Header(EventHeaders.Key)));
        Assert.Equal(parcels.Order(), _found.Rows.Keys.Order());
    }
}
