using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>The tables of PostgreSQL as an outbox.</summary>
public sealed class PostgreSqlOutboxTests : OneReaderContract
{
    private const string HoldsLock = "locktype = 'advisory' AND objsubid = 2 AND mode = 'ExclusiveLock'";

    private const string Leads = $"pid IN (SELECT pid FROM pg_locks WHERE {HoldsLock})";

    private const string Listens = "query LIKE 'LISTEN %'";

    private protected override void AddOutbox(IServiceCollection services) =>
        new CaptureBuilder<ParcelContext>(services).UsePostgreSql();

    private protected override Task<long> HeldBackAsync() =>
        Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox_packs");

    private protected override string Reads => Leads;

    private protected override Task WriteAsync(string hex) => Database.ExecuteAsync(
        $"INSERT INTO model_events_outbox_packs (count, events) VALUES (1, '\\x{hex}')");

    [Fact]
    public async Task A_session_whose_connection_ended_is_replaced_and_can_take_nothing_out_any_more()
    {
        await CommitAsync(TestEvents.Spread(100));
        await using var dying = await Outbox.OpenAsync(Token);
        await using var living = await Start().Outbox.OpenAsync(Token);
        var claimed = await dying.ClaimAsync(LaneSlice.All, 1000, Token);

        await TerminateAsync(Leads);

        await ClaimAllSoonAsync(living, 100);
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(
                () => dying.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token)) is not null,
            () => "the session is not lost");
        Assert.Equal(100, (await Outbox.GetStatusAsync(Token)).Waiting);
    }

    [Fact]
    public async Task What_was_published_of_a_save_is_not_read_again_and_the_rest_keeps_its_order()
    {
        await CommitAsync(TestEvents.Make("7", "before"), TestEvents.Make("8", "aside"));
        await CommitAsync(TestEvents.Make("9", "done"), TestEvents.Make("7", "left"));
        await CommitAsync(TestEvents.Make("7", "follows"));
        await using (var session = await Outbox.OpenAsync(Token))
        {
            var claimed = await session.ClaimAsync(LaneSlice.All, 10, Token);
            await session.CompleteAsync(LaneSlice.All, [claimed[2].Event], [], Token);
        }

        await using var next = await Outbox.OpenAsync(Token);

        Assert.Equal(
            ["before", "left", "follows", "aside"], (await next.ClaimAsync(LaneSlice.All, 10, Token)).Names());
    }

    [Fact]
    public async Task Events_of_a_save_that_fill_several_rows_keep_their_order()
    {
        await CommitAsync(TestEvents.Steps("7", 500));
        Assert.InRange(await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox_packs"), 2, 100);
        await using var session = await Outbox.OpenAsync(Token);

        var claimed = await session.ClaimAsync(LaneSlice.All, 1000, Token);

        Assert.Equal(Enumerable.Range(1, 500).Select(step => $"step__{step}"), claimed.Names());
        var sequences = claimed.Select(entry => entry.Event.Sequence).ToList();
        Assert.Equal(sequences.Distinct().Order(), sequences);
    }

    [Fact]
    public async Task Events_of_transactions_that_end_in_any_order_all_come_and_each_once()
    {
        await using var session = await Outbox.OpenAsync(Token);
        var gates = Enumerable.Range(0, 20).Select(_ => new TaskCompletionSource()).ToArray();
        var saves = gates.Select((gate, number) => Process.CommitAsync(async context =>
        {
            await Process.Outbox.AppendAsync(context, [TestEvents.Make($"{number}")], Token);
            await gate.Task;
            if (number % 5 == 0)
                throw new OperationCanceledException();
        })).ToArray();

        var came = new List<string>();
        foreach (var gate in gates.Reverse())
        {
            gate.SetResult();
            Outbox.Wake();
            came.AddRange((await session.ClaimAsync(LaneSlice.All, 100, Token)).Keys());
        }

        await Task.WhenAll(saves.Select(save => Record.ExceptionAsync(() => save).AsTask()));
        await Eventually.TrueAsync(
            async () =>
            {
                Outbox.Wake();
                return (await session.ClaimAsync(LaneSlice.All, 100, Token)).Count == 16;
            },
            () => "events are missing");
        var all = await session.ClaimAsync(LaneSlice.All, 100, Token);
        Assert.Equal(16, all.Keys().Distinct().Count());
        Assert.Superset(came.ToHashSet(), all.Keys().ToHashSet());
    }

    [Fact]
    public async Task An_event_whose_id_is_lower_than_it_should_be_comes_with_the_next_look_at_everything()
    {
        await using var process = new OutboxProcess(
            Database.ConnectionString,
            services => AddOutbox(services.PostConfigure<ModelEventsOptions>(
                options => options.Dispatcher.PollInterval = TimeSpan.FromMilliseconds(100))),
            TimeProvider.System);
        await using var session = await process.Outbox.OpenAsync(Token);
        await process.CommitAsync(TestEvents.Spread(10));
        await DrainAsync(session, 10);
        await Eventually.TrueAsync(async () => await CountAsync() == (0, 0), () => "packs are left");

        await process.CommitAsync(async context =>
        {
            await process.Outbox.AppendAsync(context, [TestEvents.Make("low")], Token);
            await context.Database.ExecuteSqlAsync($"UPDATE model_events_outbox_packs SET id = 3", Token);
        });

        Assert.Equal(["low"], (await ClaimUntilAsync(session, 1)).Keys());
    }

    [Fact]
    public async Task A_process_that_stands_by_tells_the_one_that_leads_of_its_commits()
    {
        var other = Start();
        await using var leader = await Outbox.OpenAsync(Token);
        await using var standby = await other.Outbox.OpenAsync(Token);
        await ListensAsync();
        await ClaimUntilEmptyAsync(leader);
        var waiting = leader.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);

        await other.CommitAsync(TestEvents.Spread(20));

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
        await ClaimUntilAsync(leader, 20);
    }

    [Fact]
    public async Task A_process_that_does_not_dispatch_wakes_the_one_that_does()
    {
        await using var session = await Start().Outbox.OpenAsync(Token);
        await ListensAsync();
        await ClaimUntilEmptyAsync(session);
        var waiting = session.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);

        await CommitAsync(TestEvents.Make("7"));
        await Outbox.NotifyOthersAsync(Token);

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
        await ClaimUntilAsync(session, 1);
    }

    [Fact]
    public async Task Parked_events_that_another_process_retries_are_due_in_the_one_that_leads()
    {
        await CommitAsync(TestEvents.Make("7"));
        await using var session = await Start().Outbox.OpenAsync(Token);
        await ListensAsync();
        var claimed = Assert.Single(await session.ClaimAsync(LaneSlice.All, 10, Token)).Event;
        await session.CompleteAsync(LaneSlice.All, [], [new FailedEvent(claimed, 5, "no", RetryAfter: null)], Token);

        await Outbox.RetryParkedAsync(null, Token);

        Assert.Equal(["7"], (await ClaimUntilAsync(session, 1)).Keys());
    }

    [Fact]
    public async Task A_lost_listening_connection_is_made_again()
    {
        await using var session = await Start().Outbox.OpenAsync(Token);
        var lost = await ListensAsync();

        await TerminateAsync(Listens);
        await Eventually.TrueAsync(
            async () => await ListenerAsync() is var listener && listener != 0 && listener != lost,
            () => "nobody listens again");
        await ClaimUntilEmptyAsync(session);
        var waiting = session.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);
        await CommitAsync(TestEvents.Make("7"));
        await Outbox.NotifyOthersAsync(Token);

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
    }

    [Fact]
    public async Task A_closed_session_leaves_no_lock_behind()
    {
        await (await Outbox.OpenAsync(Token)).DisposeAsync();

        Assert.Equal(0L, await Database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' " +
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task Packs_have_the_index_of_their_key_and_no_other()
    {
        var index = await Database.ScalarAsync<string>(
            "SELECT string_agg(pg_get_indexdef(indexrelid), '; ') FROM pg_index " +
            "WHERE indrelid = 'model_events_outbox_packs'::regclass");

        Assert.EndsWith("USING btree (id)", index, StringComparison.Ordinal);
    }

    private async Task<int> ListensAsync()
    {
        var listener = 0;
        await Eventually.TrueAsync(async () => (listener = await ListenerAsync()) != 0, () => "nobody listens");
        return listener;
    }

    /// <summary>The process id of the connection that listens, or 0.</summary>
    private Task<int> ListenerAsync() => Database.ScalarAsync<int>(
        "SELECT coalesce(max(pid), 0) FROM pg_stat_activity " +
        $"WHERE datname = current_database() AND state = 'idle' AND {Listens}");
}
