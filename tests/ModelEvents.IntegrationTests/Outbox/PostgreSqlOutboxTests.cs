using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

public sealed class PostgreSqlOutboxTests : SharedOutboxContract
{
    // What a session's own connection has that no other has.
    private const string HoldsLanes =
        "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND mode = 'ExclusiveLock')";

    private const string Listens = "query LIKE 'LISTEN %'";

    private protected override void AddOutbox(IServiceCollection services) =>
        new CaptureBuilder<ParcelContext>(services).UsePostgreSql();

    [Fact]
    public async Task The_lanes_of_a_session_whose_connection_ended_are_taken_over_within_10_seconds()
    {
        await CommitAsync(TestEvents.Spread(1000));
        await using var dying = await Outbox.OpenAsync(Token);
        await using var living = await Start().Outbox.OpenAsync(Token);
        var (ofDying, _) = await ClaimSharesAsync(dying, living, 1000);

        await TerminateAsync($"{HoldsLanes} AND pid = {await PidThatHoldsAsync(ofDying[0].Event.Lane)}");

        await ClaimAllWithinAsync(living, 1000, TakeOver);
        await Assert.ThrowsAnyAsync<Exception>(
            () => dying.CompleteAsync(LaneSlice.All, ofDying.Events(), [], Token));
        Assert.Equal(1000, (await Outbox.GetStatusAsync(Token)).Waiting);
    }

    [Fact]
    public async Task A_wait_in_one_process_is_ended_by_a_commit_in_another()
    {
        var other = Start();
        await using var mine = await Outbox.OpenAsync(Token);
        await using var theirs = await other.Outbox.OpenAsync(Token);
        await BothAreIdleAsync(mine, theirs);
        var waiting = theirs.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);

        await CommitAsync(TestEvents.Spread(200));

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
        await ClaimSharesAsync(mine, theirs, 200);
    }

    [Fact]
    public async Task A_process_that_does_not_dispatch_wakes_the_one_that_does()
    {
        await using var session = await Start().Outbox.OpenAsync(Token);
        await ClaimUntilEmptyAsync(session);
        var waiting = session.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);

        await CommitAsync(TestEvents.Make("7"));
        await Outbox.WokenAsync(Token);
        await Outbox.NotifyOthersAsync(Token);

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
    }

    [Fact]
    public async Task A_lost_listening_connection_is_made_again()
    {
        await using var session = await Start().Outbox.OpenAsync(Token);
        await ClaimUntilEmptyAsync(session);
        var lost = 0;
        await Eventually.TrueAsync(async () => (lost = await ListenerAsync()) != 0, () => "nobody listens");

        await TerminateAsync(Listens);
        await Eventually.TrueAsync(
            async () => await ListenerAsync() is var listener && listener != 0 && listener != lost,
            () => "nobody listens again");
        await ClaimUntilEmptyAsync(session);
        var waiting = session.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);
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
    public async Task The_table_has_its_key_for_lanes_a_small_index_for_failed_events_and_no_other()
    {
        var indexes = await Database.ScalarAsync<string>(
            "SELECT string_agg(pg_get_indexdef(indexrelid), '; ' ORDER BY indexrelid) FROM pg_index " +
            "WHERE indrelid = 'model_events_outbox'::regclass");

        var definitions = indexes!.Split("; ");
        Assert.Equal(2, definitions.Length);
        Assert.EndsWith("(lane, id)", definitions[0], StringComparison.Ordinal);
        Assert.EndsWith("WHERE (attempts > 0)", definitions[1], StringComparison.Ordinal);
    }

    /// <summary>The process id of the connection that listens, or 0.</summary>
    private Task<int> ListenerAsync() => Database.ScalarAsync<int>(
        "SELECT coalesce(max(pid), 0) FROM pg_stat_activity " +
        $"WHERE datname = current_database() AND state = 'idle' AND {Listens}");

    private static async Task BothAreIdleAsync(IOutboxSession first, IOutboxSession second)
    {
        for (var round = 0; round < 3; round++)
        {
            await ClaimUntilEmptyAsync(first);
            await ClaimUntilEmptyAsync(second);
        }
    }

    private async Task<int> PidThatHoldsAsync(short lane) => await Database.ScalarAsync<int>(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND mode = 'ExclusiveLock' " +
        $"AND objid = {lane} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
}
