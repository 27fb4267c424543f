using Microsoft.Extensions.Options;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Dispatching;

public sealed class LeadWatchTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly BrokerReach _reach;
    private readonly Session _session = new();

    public LeadWatchTests() => _reach = new BrokerReach(Options.Create(new ModelEventsOptions()), _time);

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_lead_is_given_up_after_five_seconds_without_a_broker_where_another_waits()
    {
        (_session.LeadsSince, _session.IsAwaited) = (_time.GetTimestamp(), true);
        var watching = new LeadWatch(_session, _reach, _time).RunAsync(Token);
        _reach.Lost(_time.GetTimestamp(), "away");

        await PassAsync(4);
        Assert.False(watching.IsCompleted);
        while (!watching.IsCompleted)
            await PassAsync(1);

        await Assert.ThrowsAsync<LeadGivenUpException>(() => watching);
    }

    [Fact]
    public async Task Who_finds_out_late_that_the_broker_is_away_tries_again_before_the_lead_is_given_up()
    {
        (_session.LeadsSince, _session.IsAwaited) = (_time.GetTimestamp(), true);
        var started = _time.GetTimestamp();
        var watching = new LeadWatch(_session, _reach, _time).RunAsync(Token);
        _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(10));
        _reach.Lost(started, "silent");

        await PassAsync(1);
        Assert.False(watching.IsCompleted);
        _reach.Found();
        await PassAsync(20);
        Assert.False(watching.IsCompleted);

        _reach.Lost(started, "silent");
        while (!watching.IsCompleted)
            await PassAsync(1);
        await Assert.ThrowsAsync<LeadGivenUpException>(() => watching);
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public async Task It_is_kept_by_who_reaches_the_broker_stands_by_or_is_alone(bool isLost, bool leads, bool isAwaited)
    {
        (_session.LeadsSince, _session.IsAwaited) = (leads ? _time.GetTimestamp() : null, isAwaited);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = new LeadWatch(_session, _reach, _time).RunAsync(end.Token);
        _reach.Lost(_time.GetTimestamp(), "away");
        if (!isLost)
            _reach.Found();

        await PassAsync(20);
        Assert.False(watching.IsCompleted);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public void Who_has_given_up_asks_for_the_lead_again_after_half_a_minute_or_once_it_reaches_the_broker()
    {
        Assert.True(_reach.IsToLead);

        _reach.GaveUp();
        Assert.False(_reach.IsToLead);
        _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(30));
        Assert.True(_reach.IsToLead);

        _reach.GaveUp();
        _reach.Found();
        Assert.True(_reach.IsToLead);
    }

    [Fact]
    public async Task What_failed_before_the_lead_says_nothing_of_it()
    {
        _reach.Lost(_time.GetTimestamp(), "away");
        _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(40));
        (_session.LeadsSince, _session.IsAwaited) = (_time.GetTimestamp(), true);
        var watching = new LeadWatch(_session, _reach, _time).RunAsync(Token);

        await PassAsync(20);
        Assert.False(watching.IsCompleted);
        _reach.Lost(_time.GetTimestamp(), "away");
        while (!watching.IsCompleted)
            await PassAsync(1);

        await Assert.ThrowsAsync<LeadGivenUpException>(() => watching);
    }

    [Fact]
    public async Task Who_has_given_up_and_leads_again_tries_for_as_long_again()
    {
        _reach.Lost(_time.GetTimestamp(), "away");
        _reach.GaveUp();
        _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(40));
        (_session.LeadsSince, _session.IsAwaited) = (_time.GetTimestamp(), true);
        _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(40));
        var watching = new LeadWatch(_session, _reach, _time).RunAsync(Token);
        _reach.Lost(_time.GetTimestamp(), "away");

        await PassAsync(4);

        Assert.False(watching.IsCompleted);
        _reach.Found();
    }

    private async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            // For what goes on elsewhere to come to its next pause.
            await Task.Delay(1, Token);
            _time.AdvanceToNext(_time.GetUtcNow().AddSeconds(1));
        }
    }

    private sealed class Session : ILeadSession
    {
        public long? LeadsSince { get; set; }

        public bool IsAwaited { get; set; }

        public Task<bool> IsAwaitedAsync(CancellationToken cancellationToken) => Task.FromResult(IsAwaited);

        public Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task CompleteAsync(
            LaneSlice slice,
            IReadOnlyList<ModelEvent> published,
            IReadOnlyList<FailedEvent> failed,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
