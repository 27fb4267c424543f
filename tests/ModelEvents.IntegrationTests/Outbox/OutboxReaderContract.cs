using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>What the dispatcher may count on, whatever outbox it serves.</summary>
public abstract class OutboxReaderContract
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract IOutboxReader Outbox { get; }

    /// <summary>Commits events of this process and wakes its outbox.</summary>
    private protected abstract Task CommitAsync(params ModelEvent[] events);

    [Fact]
    public async Task Events_of_a_key_are_claimed_in_the_order_they_were_committed_in()
    {
        await CommitAsync(TestEvents.Steps("7", 3));
        await CommitAsync(TestEvents.Make("7", "last"));
        await using var session = await Outbox.OpenAsync(Token);

        var claimed = await session.ClaimAsync(LaneSlice.All, 10, Token);

        Assert.Equal(["step__1", "step__2", "step__3", "last"], claimed.Names());
        Assert.Equal(claimed.Select(entry => entry.Event.Sequence).Order(), claimed.Select(entry => entry.Event.Sequence));
    }

    [Fact]
    public async Task A_claim_takes_no_more_than_it_was_asked_for_and_the_next_one_goes_on_from_there()
    {
        await CommitAsync(TestEvents.Steps("7", 5));
        await using var session = await Outbox.OpenAsync(Token);

        var first = await session.ClaimAsync(LaneSlice.All, 2, Token);
        await session.CompleteAsync(LaneSlice.All, first.Events(), [], Token);
        var second = await session.ClaimAsync(LaneSlice.All, 10, Token);

        Assert.Equal(["step__1", "step__2"], first.Names());
        Assert.Equal(["step__3", "step__4", "step__5"], second.Names());
    }

    [Fact]
    public async Task Each_worker_claims_only_the_lanes_of_its_slice()
    {
        await CommitAsync(TestEvents.Spread(200));
        await using var session = await Outbox.OpenAsync(Token);

        var even = await session.ClaimAsync(new LaneSlice(0, 2), 1000, Token);
        var odd = await session.ClaimAsync(new LaneSlice(1, 2), 1000, Token);

        Assert.All(even, entry => Assert.Equal(0, entry.Event.Lane % 2));
        Assert.All(odd, entry => Assert.Equal(1, entry.Event.Lane % 2));
        Assert.Equal(200, even.Count + odd.Count);
    }

    [Fact]
    public async Task A_backlog_of_one_key_is_claimed_to_its_end()
    {
        await CommitAsync(TestEvents.Steps("7", 1000));
        await using var session = await Outbox.OpenAsync(Token);

        Assert.Equal(1000, (await DrainAsync(session)).Count);
        await Eventually.TrueAsync(async () => await CountAsync() == (0, 0), () => "events are left in the outbox");
        Assert.Null((await Outbox.GetStatusAsync(Token)).OldestWaiting);
    }

    [Fact]
    public async Task What_was_not_completed_is_claimed_again_in_the_same_order()
    {
        await CommitAsync(TestEvents.Steps("7", 3));
        await using var session = await Outbox.OpenAsync(Token);

        var claimed = await session.ClaimAsync(LaneSlice.All, 10, Token);
        await session.CompleteAsync(LaneSlice.All, [claimed[0].Event], [], Token);
        var again = await session.ClaimAsync(LaneSlice.All, 10, Token);

        Assert.Equal(claimed.Ids()[1..], again.Ids());
        Assert.All(again, entry => Assert.Equal(0, entry.Attempts));
    }

    [Fact]
    public async Task An_event_that_waits_for_its_retry_holds_its_key_and_nothing_else()
    {
        await CommitAsync([.. TestEvents.Steps("7", 2), TestEvents.Make(SameLaneAs("7"), "other")]);
        await using var session = await Outbox.OpenAsync(Token);

        await FailAsync(session, "step__1", attempts: 1, TimeSpan.FromHours(1));

        Assert.Equal(["other"], (await session.ClaimAsync(LaneSlice.All, 10, Token)).Names());
    }

    [Fact]
    public async Task An_event_is_due_again_with_its_attempts_once_its_retry_has_come()
    {
        await CommitAsync(TestEvents.Steps("7", 2));
        await using var session = await Outbox.OpenAsync(Token);

        await FailAsync(session, "step__1", attempts: 3, TimeSpan.FromMilliseconds(200));

        var claimed = await ClaimUntilAsync(session, 2);
        Assert.Equal(["step__1", "step__2"], claimed.Names());
        Assert.Equal([3, 0], claimed.Select(entry => entry.Attempts));
    }

    [Fact]
    public async Task A_parked_event_holds_its_key_and_is_listed_with_its_error()
    {
        await CommitAsync([.. TestEvents.Steps("7", 2), TestEvents.Make("8", "other")]);
        await using var session = await Outbox.OpenAsync(Token);

        await FailAsync(session, "step__1", attempts: 5, retryAfter: null, error: "the broker said no");

        Assert.Equal(["other"], (await session.ClaimAsync(LaneSlice.All, 10, Token)).Names());
        var parked = Assert.Single(await Outbox.ListParkedAsync(10, Token));
        Assert.Equal(("step__1", 5, "the broker said no"), (parked.Event.Name, parked.Attempts, parked.Error));
        Assert.Equal((2, 1), await CountAsync());
    }

    [Fact]
    public async Task Retrying_a_parked_event_starts_its_key_over()
    {
        await CommitAsync(TestEvents.Steps("7", 2));
        await using var session = await Outbox.OpenAsync(Token);
        await FailAsync(session, "step__1", attempts: 5, retryAfter: null);

        Assert.Equal(0, await Outbox.RetryParkedAsync([new EventIds(TimeProvider.System).Next()], Token));
        Assert.Equal(1, await Outbox.RetryParkedAsync(null, Token));

        var claimed = await ClaimUntilAsync(session, 2);
        Assert.Equal(["step__1", "step__2"], claimed.Names());
        Assert.Equal(0, claimed[0].Attempts);
        Assert.Empty(await Outbox.ListParkedAsync(10, Token));
    }

    [Fact]
    public async Task Discarding_a_parked_event_lets_the_rest_of_its_key_go_on()
    {
        await CommitAsync(TestEvents.Steps("7", 2));
        await using var session = await Outbox.OpenAsync(Token);
        await FailAsync(session, "step__1", attempts: 5, retryAfter: null);
        var parked = Assert.Single(await Outbox.ListParkedAsync(10, Token));

        Assert.Equal(1, await Outbox.DiscardParkedAsync([parked.Event.Id], Token));

        Assert.Equal(["step__2"], (await ClaimUntilAsync(session, 1)).Names());
        await Eventually.TrueAsync(async () => await CountAsync() == (1, 0), () => "more than that waits");
    }

    [Fact]
    public async Task Only_parked_events_can_be_discarded()
    {
        var waiting = TestEvents.Make("7");
        await CommitAsync(waiting);
        await using var session = await Outbox.OpenAsync(Token);

        Assert.Equal(0, await Outbox.DiscardParkedAsync([waiting.Id], Token));
        Assert.Equal((1, 0), await CountAsync());
    }

    [Fact]
    public async Task The_status_tells_since_when_the_oldest_event_waits()
    {
        var oldest = TestEvents.Make("7") with { OccurredAt = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero) };
        await CommitAsync(oldest, TestEvents.Make("8"));
        await using var session = await Outbox.OpenAsync(Token);

        Assert.Equal((2, 0), await CountAsync());
        Assert.Equal(oldest.OccurredAt, (await Outbox.GetStatusAsync(Token)).OldestWaiting);
    }

    [Fact]
    public async Task A_wait_ends_when_events_are_committed()
    {
        await using var session = await Outbox.OpenAsync(Token);
        await ClaimUntilEmptyAsync(session);
        var waiting = session.WaitAsync(LaneSlice.All, TimeSpan.FromMinutes(1), Token);

        await CommitAsync(TestEvents.Make("7"));

        Assert.True(await waiting.WaitAsync(Eventually.DefaultTimeout, Token));
        Assert.Single(await ClaimUntilAsync(session, 1));
    }

    [Fact]
    public async Task A_wait_without_events_ends_in_time()
    {
        await using var session = await Outbox.OpenAsync(Token);
        await ClaimUntilEmptyAsync(session);

        Assert.False(await session.WaitAsync(LaneSlice.All, TimeSpan.FromMilliseconds(1), Token));
    }

    [Fact]
    public async Task Waking_is_remembered_until_it_is_asked_for()
    {
        Outbox.Wake();
        Outbox.Wake();

        await Outbox.WokenAsync(Token).WaitAsync(Eventually.DefaultTimeout, Token);
        var next = Outbox.WokenAsync(Token);
        Assert.False(next.IsCompleted);

        Outbox.Wake();
        await next.WaitAsync(Eventually.DefaultTimeout, Token);
    }

    private protected static string SameLaneAs(string key)
    {
        var lane = Lane.Of("Shop.Order", key);
        return Enumerable.Range(1000, 10_000).Select(other => $"{other}")
            .First(other => Lane.Of("Shop.Order", other) == lane);
    }

    /// <summary>Claims one event and fails it; it must be the next one.</summary>
    private protected static async Task FailAsync(
        IOutboxSession session, string name, int attempts, TimeSpan? retryAfter, string error = "refused")
    {
        var claimed = Assert.Single(await session.ClaimAsync(LaneSlice.All, 1, Token));
        Assert.Equal(name, claimed.Event.Name);
        await session.CompleteAsync(
            LaneSlice.All, [], [new FailedEvent(claimed.Event, attempts, error, retryAfter)], Token);
    }

    /// <summary>Claims until <paramref name="count"/> events come at once, as a worker does that waits for them.</summary>
    private protected static async Task<IReadOnlyList<OutboxEntry>> ClaimUntilAsync(IOutboxSession session, int count)
    {
        IReadOnlyList<OutboxEntry> claimed = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await session.CompleteAsync(LaneSlice.All, [], [], Token);
                claimed = await session.ClaimAsync(LaneSlice.All, 1000, Token);
                return claimed.Count == count;
            },
            () => $"{claimed.Count} events are claimed");
        return claimed;
    }

    private protected static async Task<List<ModelEvent>> DrainAsync(IOutboxSession session)
    {
        var drained = new List<ModelEvent>();

        while (await session.ClaimAsync(LaneSlice.All, 1000, Token) is { Count: > 0 } claimed)
        {
            drained.AddRange(claimed.Events());
            await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
        }

        return drained;
    }

    /// <summary>Drains <paramref name="count"/> events once they have all come.</summary>
    private protected static async Task<List<ModelEvent>> DrainAsync(IOutboxSession session, int count)
    {
        var claimed = await ClaimUntilAsync(session, count);
        await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
        return [.. claimed.Events()];
    }

    /// <summary>Until a wait is not ended at once by what happened before.</summary>
    private protected static Task ClaimUntilEmptyAsync(IOutboxSession session) => Eventually.TrueAsync(
        async () =>
        {
            Assert.Empty(await session.ClaimAsync(LaneSlice.All, 10, Token));
            return !await session.WaitAsync(LaneSlice.All, TimeSpan.FromMilliseconds(100), Token);
        },
        () => "the session is woken all the time");

    private protected async Task<(long Waiting, long Parked)> CountAsync()
    {
        var status = await Outbox.GetStatusAsync(Token);
        return (status.Waiting, status.Parked);
    }
}
