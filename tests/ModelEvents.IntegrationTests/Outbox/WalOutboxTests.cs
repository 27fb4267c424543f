using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>The write-ahead log as an outbox.</summary>
public sealed partial class WalOutboxTests : OneReaderContract
{
    private protected override void AddOutbox(IServiceCollection services) =>
        new CaptureBuilder<ParcelContext>(services).UsePostgreSqlWal();

    private protected override string Reads => "backend_type = 'walsender'";

    private protected override Task WriteAsync(string hex) => Database.ExecuteAsync(
        $"SELECT pg_logical_emit_message(true, 'model_events_parcelcontext', '\\x{hex}'::bytea)");

    /// <summary>The slot must be there before the first event.</summary>
    private protected override async Task PrepareAsync() => await (await Outbox.OpenAsync(Token)).DisposeAsync();

    [Fact]
    public async Task What_was_published_is_not_read_again_when_the_session_is_closed_while_more_is_read()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var committing = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CommitUntilAsync(end.Token)));
        ModelEvent[] published = [];
        await using (var session = await Outbox.OpenAsync(Token))
        {
            await Eventually.TrueAsync(
                async () => (published = (await session.ClaimAsync(LaneSlice.All, 20, Token)).Events()).Length == 20,
                () => $"{published.Length} events were read");
            var confirmed = await ConfirmedAsync();
            await session.CompleteAsync(LaneSlice.All, published[..10], [], Token);
            await Eventually.TrueAsync(
                async () => await ConfirmedAsync() != confirmed, () => "nothing is confirmed to the server");
            await session.CompleteAsync(LaneSlice.All, published[10..], [], Token);
        }

        await end.CancelAsync();
        await committing;
        await using var next = await Outbox.OpenAsync(Token);
        var again = await next.ClaimAsync(LaneSlice.All, 1, Token);
        Assert.DoesNotContain(again.Ids()[0], published.Select(one => one.Id));
    }

    [Fact]
    public async Task What_was_published_before_others_is_not_read_again_and_they_keep_their_order()
    {
        await CommitAsync([TestEvents.Make("7", "left"), .. TestEvents.Spread(2)]);
        await CommitAsync(TestEvents.Make("8", "later"));
        await CommitAsync([TestEvents.Make("7", "follows"), TestEvents.Make("9", "last")]);
        await using (var session = await Outbox.OpenAsync(Token))
        {
            var claimed = await ClaimUntilAsync(session, 6);
            await session.CompleteAsync(LaneSlice.All, claimed.Events()[1..4], [], Token);
        }

        await using var next = await Outbox.OpenAsync(Token);

        Assert.Equal(["left", "follows", "last"], (await ClaimUntilAsync(next, 3)).Names());
    }

    [Fact]
    public async Task A_transaction_comes_again_whole_after_a_crash_while_one_of_its_events_is_not_published()
    {
        await CommitAsync(TestEvents.Spread(3));
        await CommitAsync(TestEvents.Make("8", "later"));
        await using (var session = await Outbox.OpenAsync(Token))
        {
            var claimed = await session.ClaimAsync(LaneSlice.All, 10, Token);
            await session.CompleteAsync(LaneSlice.All, claimed.Events()[1..], [], Token);
            await TerminateAsync("backend_type = 'walsender'");
            await Eventually.TrueAsync(() => IsLostAsync(session), () => "the session is not lost");
        }

        await using var next = await Outbox.OpenAsync(Token);

        Assert.Equal(4, (await ClaimUntilAsync(next, 4)).Count);
    }

    [Fact]
    public async Task An_entity_whose_events_all_left_the_table_is_read_from_the_log_again()
    {
        await CommitAsync(TestEvents.Steps("7", 2));
        await using var session = await Outbox.OpenAsync(Token);
        await FailAsync(session, "step__1", attempts: 1, TimeSpan.FromMilliseconds(50));
        await DrainAsync(session, 2);

        await CommitAsync(TestEvents.Make("7", "last"));

        Assert.Equal(["last"], (await ClaimUntilAsync(session, 1)).Names());
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox"));
    }

    [Fact]
    public async Task Events_that_wait_in_the_table_when_delivery_changes_come_first()
    {
        var table = OldProcess();
        await table.CommitAsync(TestEvents.Make("7", "before"));
        await table.DisposeAsync();
        await CommitAsync(TestEvents.Make("7", "after"));

        await using var session = await Outbox.OpenAsync(Token);
        var claimed = await ClaimUntilAsync(session, 2);

        Assert.Equal(["before", "after"], claimed.Names());
        Assert.True(claimed[0].Event.Sequence < claimed[1].Event.Sequence);
    }

    [Fact]
    public async Task Events_of_processes_that_still_write_packs_come_in_order_between_those_of_the_log()
    {
        await using var old = OldProcess();
        await using var session = await Outbox.OpenAsync(Token);
        await old.CommitAsync(TestEvents.Make("7", "old__1"));
        await CommitAsync(TestEvents.Make("7", "new__2"));
        Assert.Equal(["old__1", "new__2"], (await ClaimUntilAsync(session, 2)).Names());

        await old.CommitAsync(TestEvents.Make("7", "old__3"), TestEvents.Make("8", "old__1"));
        await CommitAsync(TestEvents.Make("7", "new__4"));
        await CommitAsync(TestEvents.Make("8", "new__2"));

        var claimed = await ClaimUntilAsync(session, 6);
        var ofSeven = claimed.Where(one => one.Event.Key == "7").ToArray();
        Assert.Equal(["old__1", "new__2", "old__3", "new__4"], ofSeven.Names());
        Assert.Equal(ofSeven.Select(one => one.Event.Sequence).Order(), ofSeven.Select(one => one.Event.Sequence));
        Assert.Equal(["old__1", "new__2"], claimed.Where(one => one.Event.Key == "8").ToArray().Names());
        Assert.Equal(6, (await CountAsync()).Waiting);
    }

    [Fact]
    public async Task That_commits_wait_for_the_reader_is_told_no_more_where_another_process_reads()
    {
        await using var scope = Process.Scope();
        var conditions = scope.ServiceProvider.GetRequiredService<HealthConditions>();
        await using var reader = await Start().Outbox.OpenAsync(Token);
        conditions.Begin($"awaited:{await SlotAsync()}", HealthConditionKind.Fails, "awaited");

        await using var standby = await Outbox.OpenAsync(Token);

        Assert.Empty(conditions.Current);
    }

    [Fact]
    public async Task Packs_come_after_what_waits_in_memory_of_their_entities()
    {
        await using var old = OldProcess();
        await using var session = await Outbox.OpenAsync(Token);
        await CommitAsync(TestEvents.Make("7", "new__1"));
        await ClaimUntilAsync(session, 1);

        await old.CommitAsync(TestEvents.Make("7", "old__2"));
        await CommitAsync(TestEvents.Make("8", "other"));
        await Eventually.TrueAsync(
            async () => await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox") == 1,
            () => "the pack is not taken in");
        var claimed = await ClaimUntilAsync(session, 2);
        Assert.Equal(["new__1", "other"], claimed.Names());
        await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);

        Assert.Equal(["old__2"], (await ClaimUntilAsync(session, 1)).Names());
    }

    [Fact]
    public async Task However_much_of_the_log_follows_on_a_pack_that_was_taken_in_late_has_a_higher_number()
    {
        const int Following = AsideSql.MoreNumbers + 50;
        await using var old = OldProcess();
        await using var session = await Outbox.OpenAsync(Token);
        await old.CommitAsync(TestEvents.Make("7", "step__0"));
        await CommitAsync(TestEvents.Steps("7", Following));

        await Eventually.TrueAsync(
            async () => await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox") == Following + 1,
            () => "not all follow in the table");

        Assert.Equal(
            Enumerable.Range(0, Following + 1).Select(step => $"step__{step}"),
            await Database.ScalarAsync<string[]>("SELECT array_agg(name ORDER BY id) FROM model_events_outbox"));
    }

    [Fact]
    public async Task Packs_that_are_all_that_is_written_are_counted_and_found_by_looking_now_and_then()
    {
        await using var reader = new OutboxProcess(
            Database.ConnectionString,
            services => AddOutbox(services.Configure<ModelEventsOptions>(
                options => options.Dispatcher.PollInterval = TimeSpan.FromSeconds(0.2))),
            TimeProvider.System);
        await using var old = OldProcess();
        var waiting = TestEvents.Make("7", "old");
        await using var session = await reader.Outbox.OpenAsync(Token);

        await old.CommitAsync(waiting);

        var status = await reader.Outbox.GetStatusAsync(Token);
        Assert.Equal((1, waiting.OccurredAt), (status.Waiting, status.OldestWaiting!.Value));
        await DrainAsync(session, 1);
        Assert.Equal(0, (await reader.Outbox.GetStatusAsync(Token)).Waiting);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox_packs"));
    }

    [Fact]
    public async Task Packs_are_left_to_a_process_that_still_reads_them_until_it_is_gone()
    {
        await using var old = OldProcess();
        var before = await old.Outbox.OpenAsync(Token);
        await using var session = await Outbox.OpenAsync(Token);

        await old.CommitAsync(TestEvents.Make("7", "old__1"));
        await CommitAsync(TestEvents.Make("8", "new"));
        Assert.Equal(["new"], (await ClaimUntilAsync(session, 1)).Names());
        Assert.Equal(["old__1"], (await ClaimUntilAsync(before, 1)).Names());
        await before.DisposeAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await CommitAsync(TestEvents.Make("9", "new"));
                return (await session.ClaimAsync(LaneSlice.All, 1000, Token)).Names().Contains("old__1");
            },
            () => "the packs are left");
    }

    [Fact]
    public async Task A_reader_that_has_no_room_left_reads_on_when_it_has()
    {
        const int All = 20_000;
        for (var batch = 0; batch < All; batch += 1000)
            await CommitAsync(TestEvents.Steps($"{batch}", 1000));
        await using var session = await Outbox.OpenAsync(Token);
        Assert.InRange((await Outbox.GetStatusAsync(Token)).Waiting, 1, All - 1000);

        var drained = new List<ModelEvent>();
        await Eventually.TrueAsync(
            async () =>
            {
                drained.AddRange(await DrainAsync(session));
                return drained.Count == All;
            },
            () => $"{drained.Count} events came");

        Assert.Equal(All, drained.DistinctBy(one => one.Id).Count());
    }

    [Fact]
    public async Task The_status_tells_how_much_log_is_kept()
    {
        await CommitAsync(TestEvents.Make("7") with { Body = new byte[3_000_000] });

        Assert.True((await Outbox.GetStatusAsync(Token)).RetainedBytes >= 3_000_000);
    }

    [Fact]
    public async Task A_save_is_refused_while_no_slot_would_keep_its_events()
    {
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var process = new OutboxProcess(elsewhere.ConnectionString, AddOutbox, TimeProvider.System);
        await using var scope = process.Scope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Token);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => process.CommitAsync(TestEvents.Make("7")));

        Assert.Contains("does not exist: events would be lost", refusal.Message, StringComparison.Ordinal);
        await (await process.Outbox.OpenAsync(Token)).DisposeAsync();
        await process.CommitAsync(TestEvents.Make("7"));
    }

    [Fact]
    public async Task A_process_that_only_saves_asks_for_the_slot_again_now_and_then()
    {
        var time = new LeapingTime();
        await using var process = new OutboxProcess(Database.ConnectionString, AddOutbox, time);
        await process.CommitAsync(TestEvents.Make("7"));
        await Database.ExecuteAsync($"SELECT pg_drop_replication_slot('{await SlotAsync()}')");

        await process.CommitAsync(TestEvents.Make("7"));
        time.Leap(WalGuard.Interval);

        for (var again = 0; again < 3; again++)
        {
            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
                () => process.CommitAsync(TestEvents.Make("7")));
            Assert.Contains("does not exist: events would be lost", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_slot_of_somebody_else_is_not_touched()
    {
        var slot = await SlotAsync();
        await Database.ExecuteAsync($"SELECT pg_drop_replication_slot('{slot}')");
        await Database.ExecuteAsync($"SELECT pg_create_logical_replication_slot('{slot}', 'test_decoding')");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Outbox.OpenAsync(Token));

        Assert.Contains("has the plugin 'test_decoding' instead of 'pgoutput'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_replicate_is_told()
    {
        var role = $"reader_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'reader'");
        try
        {
            var own = new Npgsql.NpgsqlConnectionStringBuilder(Database.ConnectionString)
            {
                Username = role,
                Password = "reader",
            };
            await using var process = new OutboxProcess(
                Database.ConnectionString,
                services => AddOutbox(services.Configure<ModelEventsOptions>(
                    options => options.Wal.ConnectionString = own.ConnectionString)),
                TimeProvider.System);

            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => process.Outbox.OpenAsync(Token));

            Assert.Contains("may not replicate", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Database.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    /// <summary>A process from before delivery from the log.</summary>
    private OutboxProcess OldProcess() => new(
        Database.ConnectionString,
        services => new CaptureBuilder<ParcelContext>(services).UsePostgreSql(),
        TimeProvider.System);

    private async Task CommitUntilAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            await CommitAsync(TestEvents.Make("7"));
    }

    private Task<string?> ConfirmedAsync() => Database.ScalarAsync<string>(
        "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE database = current_database()");

    private async Task<string> SlotAsync() => (await Database.ScalarAsync<string>(
        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"))!;
}
