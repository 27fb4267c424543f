using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>What an outbox keeps to whose lanes are shared by several processes.</summary>
public abstract class SharedOutboxContract : OutboxContract
{
    private protected static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Two_sessions_share_the_lanes_and_no_event_is_claimed_by_both()
    {
        await CommitAsync(TestEvents.Spread(1000));
        await using var first = await Outbox.OpenAsync(Token);
        await using var second = await Start().Outbox.OpenAsync(Token);

        var (ofFirst, ofSecond) = await ClaimSharesAsync(first, second, 1000);

        Assert.Equal(32, ofFirst.Select(entry => entry.Event.Lane).Distinct().Count());
        Assert.Equal(32, ofSecond.Select(entry => entry.Event.Lane).Distinct().Count());
        Assert.Empty(ofFirst.Ids().Intersect(ofSecond.Ids()));
    }

    [Fact]
    public async Task A_session_hands_no_lane_on_while_its_events_are_claimed()
    {
        await CommitAsync(TestEvents.Spread(1000));
        await using var busy = await Outbox.OpenAsync(Token);
        var claimed = await busy.ClaimAsync(LaneSlice.All, 1000, Token);
        await using var late = await Start().Outbox.OpenAsync(Token);

        for (var look = 0; look < 10; look++)
        {
            Assert.Empty(await late.ClaimAsync(LaneSlice.All, 1000, Token));
            await late.WaitAsync(LaneSlice.All, TimeSpan.FromMilliseconds(50), Token);
        }

        await busy.CompleteAsync(LaneSlice.All, claimed.Events()[..10], [], Token);
        var (ofBusy, ofLate) = await ClaimSharesAsync(busy, late, 990);
        Assert.Empty(ofBusy.Ids().Intersect(ofLate.Ids()));
        Assert.NotEmpty(ofLate);
    }

    [Fact]
    public async Task A_session_that_is_closed_hands_its_lanes_on()
    {
        await using var first = await Outbox.OpenAsync(Token);
        var second = await Start().Outbox.OpenAsync(Token);
        await CommitAsync(TestEvents.Spread(1000));
        await ClaimSharesAsync(first, second, 1000);

        await second.DisposeAsync();

        Assert.Equal(1000, (await ClaimUntilAsync(first, 1000)).Count);
    }

    [Fact]
    public async Task A_session_that_takes_lanes_over_says_so_before_their_events_can_be_claimed()
    {
        await using var first = await Outbox.OpenAsync(Token);
        var second = await Start().Outbox.OpenAsync(Token);
        await CommitAsync(TestEvents.Spread(1000));
        var (ofFirst, _) = await ClaimSharesAsync(first, second, 1000);
        var claimed = new List<int>();
        ((ITakeoverSession)first).TakingOver = async token =>
        {
            await first.CompleteAsync(LaneSlice.All, [], [], token);
            claimed.Add((await first.ClaimAsync(LaneSlice.All, 1000, token)).Count);
        };

        await second.DisposeAsync();

        await Eventually.TrueAsync(() => claimed.Count > 0, () => "nothing is taken over");
        Assert.Equal(ofFirst.Count, claimed[0]);
        Assert.Equal(1000, (await ClaimUntilAsync(first, 1000)).Count);
    }

    [Fact]
    public async Task Sessions_that_come_and_go_never_claim_an_event_twice_at_a_time()
    {
        await CommitAsync(TestEvents.Spread(500));
        await using var first = await Outbox.OpenAsync(Token);
        await using var second = await Start().Outbox.OpenAsync(Token);
        await ClaimSharesAsync(first, second, 500);
        await using var third = await Start().Outbox.OpenAsync(Token);
        IOutboxSession[] sessions = [first, second, third];
        var published = new List<Guid>();

        while (published.Count < 500)
        {
            foreach (var session in sessions)
            {
                await session.CompleteAsync(LaneSlice.All, [], [], Token);
                var claimed = await session.ClaimAsync(LaneSlice.All, 20, Token);
                await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
                published.AddRange(claimed.Ids());
            }

            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(500, published.Distinct().Count());
        Assert.Equal(500, published.Count);
    }

    /// <summary>Claims with both until their claims together have <paramref name="count"/> events.</summary>
    private protected static async Task<(IReadOnlyList<OutboxEntry> First, IReadOnlyList<OutboxEntry> Second)>
        ClaimSharesAsync(IOutboxSession first, IOutboxSession second, int count)
    {
        IReadOnlyList<OutboxEntry> ofFirst = [];
        IReadOnlyList<OutboxEntry> ofSecond = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await first.CompleteAsync(LaneSlice.All, [], [], Token);
                await second.CompleteAsync(LaneSlice.All, [], [], Token);
                ofFirst = await first.ClaimAsync(LaneSlice.All, 10_000, Token);
                ofSecond = await second.ClaimAsync(LaneSlice.All, 10_000, Token);
                return ofSecond.Count > 0 && ofFirst.Count + ofSecond.Count == count;
            },
            () => $"{ofFirst.Count} and {ofSecond.Count} events are claimed");
        return (ofFirst, ofSecond);
    }

    /// <summary>Claims until all events come at once, as those of a session do that took all lanes over.</summary>
    private protected static async Task ClaimAllWithinAsync(IOutboxSession session, int count, TimeSpan limit)
    {
        var claimed = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await session.CompleteAsync(LaneSlice.All, [], [], Token);
                claimed = (await session.ClaimAsync(LaneSlice.All, 10_000, Token)).Count;
                return claimed == count;
            },
            () => $"{claimed} of {count} events are claimed",
            limit);
    }
}
