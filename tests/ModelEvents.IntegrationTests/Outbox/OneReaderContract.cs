using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>What holds for an outbox that one process reads all of, while others stand by.</summary>
public abstract partial class OneReaderContract : OutboxContract
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(10);

    /// <summary>How many events are held back beside those that are set aside.</summary>
    private protected virtual Task<long> HeldBackAsync() => Task.FromResult(0L);

    [Fact]
    public async Task Only_one_session_reads_and_another_takes_over_when_it_is_closed()
    {
        await CommitAsync(TestEvents.Spread(100));
        var reader = await Start().Outbox.OpenAsync(Token);
        await using var standby = await Outbox.OpenAsync(Token);
        Assert.Equal(100, (await reader.ClaimAsync(LaneSlice.All, 1000, Token)).Count);
        Assert.Empty(await standby.ClaimAsync(LaneSlice.All, 1000, Token));

        await reader.DisposeAsync();

        await ClaimAllSoonAsync(standby, 100);
    }

    [Fact]
    public async Task A_session_that_takes_over_says_so_before_anything_can_be_claimed()
    {
        var reader = await Start().Outbox.OpenAsync(Token);
        await using var standby = await Outbox.OpenAsync(Token);
        await CommitAsync(TestEvents.Make("7"));
        var claimed = new List<int>();
        ((ITakeoverSession)standby).TakingOver = async token =>
            claimed.Add((await standby.ClaimAsync(LaneSlice.All, 1000, token)).Count);

        await reader.DisposeAsync();

        await ClaimAllSoonAsync(standby, 1);
        Assert.Equal([0], claimed);
    }

    [Fact]
    public async Task What_was_published_is_not_read_again_and_what_was_not_is()
    {
        await CommitAsync(TestEvents.Steps("7", 3));
        await CommitAsync(TestEvents.Make("8", "other"));
        await using (var session = await Outbox.OpenAsync(Token))
        {
            var claimed = await session.ClaimAsync(LaneSlice.All, 10, Token);
            await session.CompleteAsync(LaneSlice.All, claimed.Events()[..3], [], Token);
        }

        await using var next = await Outbox.OpenAsync(Token);

        Assert.Equal(["other"], (await next.ClaimAsync(LaneSlice.All, 10, Token)).Names());
    }

    [Fact]
    public async Task A_parked_event_survives_a_restart_with_what_follows_and_holds_nothing_else()
    {
        await CommitAsync(TestEvents.Steps("7", 2));
        await using (var session = await Outbox.OpenAsync(Token))
        {
            await FailAsync(session, "step__1", attempts: 5, retryAfter: null, error: "no");
            await CommitAsync(TestEvents.Make("7", "step__3"), TestEvents.Make("8", "other"));
            await DrainAsync(session, 1);
        }

        await using var next = await Outbox.OpenAsync(Token);
        Assert.Empty(await next.ClaimAsync(LaneSlice.All, 10, Token));
        Assert.Equal((2, 1), await CountAsync());
        Assert.Equal(3, await Database.ScalarAsync<long>("SELECT count(*) FROM model_events_outbox"));
        Assert.Equal(0, await HeldBackAsync());

        await Outbox.RetryParkedAsync(null, Token);

        Assert.Equal(["step__1", "step__2", "step__3"], (await ClaimUntilAsync(next, 3)).Names());
    }

    private protected static Task ClaimAllSoonAsync(IOutboxSession session, int count) => Eventually.TrueAsync(
        async () => (await session.ClaimAsync(LaneSlice.All, 1000, Token)).Count == count, () => "nobody reads", TakeOver);
}
