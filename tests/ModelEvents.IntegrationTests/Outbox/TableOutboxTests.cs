using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class TableOutboxTests : SharedOutboxContract
{
    private protected override void AddOutbox(IServiceCollection services) => services.AddKeyedSingleton<IOutbox>(
        typeof(ParcelContext),
        (provider, context) => ActivatorUtilities.CreateInstance<TableOutbox>(
            provider, context!, provider.GetRequiredKeyedService<SavedDatabases>(context)));

    [Fact]
    public async Task The_lanes_of_a_paused_process_are_taken_over_within_10_seconds_and_it_completes_nothing_afterwards()
    {
        await CommitAsync(TestEvents.Spread(1000));
        await using var paused = await Start(new PausedTime()).Outbox.OpenAsync(Token);
        var claimed = await paused.ClaimAsync(LaneSlice.All, 1000, Token);
        Assert.Equal(1000, claimed.Count);
        await using var living = await Outbox.OpenAsync(Token);

        await ClaimAllWithinAsync(living, 1000, TakeOver);
        await paused.CompleteAsync(
            LaneSlice.All, claimed.Events()[1..], [new FailedEvent(claimed[0].Event, 5, "late", null)], Token);

        var status = await Outbox.GetStatusAsync(Token);
        Assert.Equal((1000, 0), (status.Waiting, status.Parked));
        Assert.Empty(await paused.ClaimAsync(LaneSlice.All, 1000, Token));
    }

    [Fact]
    public async Task A_session_has_at_once_what_one_of_its_process_could_not_give_up_while_the_database_was_away()
    {
        await CommitAsync(TestEvents.Spread(1000));
        var lost = await Outbox.OpenAsync(Token);
        Assert.Equal(1000, (await lost.ClaimAsync(LaneSlice.All, 1000, Token)).Count);
        await Database.ExecuteAsync("ALTER TABLE model_events_outbox_leases RENAME TO away");
        await lost.DisposeAsync();
        await Database.ExecuteAsync("ALTER TABLE away RENAME TO model_events_outbox_leases");

        await using var next = await Outbox.OpenAsync(Token);

        Assert.Equal(1000, (await next.ClaimAsync(LaneSlice.All, 1000, Token)).Count);
    }

    [Fact]
    public async Task A_session_that_cannot_be_opened_keeps_no_lanes()
    {
        await CommitAsync(TestEvents.Spread(1000));
        await Database.ExecuteAsync("ALTER TABLE model_events_outbox RENAME TO away");
        await Assert.ThrowsAnyAsync<Exception>(() => Outbox.OpenAsync(Token));
        await Database.ExecuteAsync("ALTER TABLE away RENAME TO model_events_outbox");

        await using var other = await Start().Outbox.OpenAsync(Token);

        Assert.Equal(1000, (await other.ClaimAsync(LaneSlice.All, 1000, Token)).Count);
    }

    [Fact]
    public async Task A_claim_takes_in_no_more_bytes_than_fit_and_the_rest_comes_next()
    {
        const int Bytes = 2 << 20;
        await CommitAsync([.. Enumerable.Range(1, 12).Select(step => TestEvents.Make("7", $"step__{step}", Bytes))]);
        await using var session = await Outbox.OpenAsync(Token);

        var first = await session.ClaimAsync(LaneSlice.All, 100, Token);
        Assert.Equal(8, first.Count);
        await session.CompleteAsync(LaneSlice.All, first.Events(), [], Token);
        Assert.True(await session.WaitAsync(LaneSlice.All, TimeSpan.FromSeconds(30), Token));

        Assert.Equal(["step__9", "step__10", "step__11", "step__12"], (await session.ClaimAsync(LaneSlice.All, 100, Token)).Names());
    }

    [Fact]
    public async Task Of_many_events_the_first_are_counted_and_those_that_are_parked_wherever_they_stand()
    {
        await CommitAsync(TestEvents.Make("7"));
        await Database.ExecuteAsync(
            """
            INSERT INTO model_events_outbox
                (handler, event_id, name, service, model, key, lane, body, headers, occurred_at, attempts, parked_at)
            SELECT handler, event_id, name, service, model, key, lane, body, headers, occurred_at,
                number / 200000, CASE WHEN number = 200000 THEN now() END
            FROM model_events_outbox, generate_series(1, 200000) AS number
            """);

        var status = await Outbox.GetStatusAsync(Token);

        Assert.Equal((200_000 - 1, 1), (status.Waiting, status.Parked));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"a\":null}")]
    public async Task A_row_whose_headers_cannot_be_read_is_an_event_that_says_so_and_all_else_flows(string headers)
    {
        await CommitAsync(TestEvents.Make("7"), TestEvents.Make("8"));
        await Database.ExecuteAsync($"UPDATE model_events_outbox SET headers = '{headers}' WHERE key = '7'");
        await using var session = await Outbox.OpenAsync(Token);

        var claimed = await ClaimUntilAsync(session, 2);

        Assert.Equal(["7", "8"], claimed.Keys());
        Assert.Contains("not a JSON object", claimed[0].Event.Headers[EventHeaders.Unreadable], StringComparison.Ordinal);
        Assert.Equal("total", claimed[1].Event.Headers[EventHeaders.Changed]);
    }

    /// <summary>The time of a process that is paused: no timer ever fires, so nothing happens in its background.</summary>
    private sealed class PausedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
