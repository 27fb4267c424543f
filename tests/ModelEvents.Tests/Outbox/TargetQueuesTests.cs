using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;
using ModelEvents.Outbox;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Handlers;

namespace ModelEvents.Tests.Outbox;

public sealed class TargetQueuesTests : IAsyncDisposable
{
    private static readonly LaneSlice Greeter = LaneSlice.All with { Handler = "Greeter" };

    private readonly ClubHost _club = new(
        events => events.AddEventHandler<Greeter>(),
        also: services => services.AddSingleton<IEventPublisher>(new FakePublisher(TimeProvider.System)));

    private readonly TargetQueues _queues;
    private readonly EventGroup _group = new();

    public TargetQueuesTests()
    {
        var scopes = _club.Services.GetRequiredService<IServiceScopeFactory>();
        _queues = new TargetQueues(
            "ClubContext",
            new AsideEvents(typeof(DbContext), scopes, new LeaderFence(), TimeProvider.System),
            new DispatcherOptions(),
            TimeProvider.System,
            _club.Services.GetRequiredService<ServedTargets>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_claimed_once_for_each_of_its_targets_and_its_group_is_done_with_the_last()
    {
        var one = Make(new EventTargets(broker: true, ["Greeter"]));
        await _queues.AddAsync([([one], _group)], Cancellation);

        var toBroker = Assert.Single(await _queues.ClaimAsync(LaneSlice.All, 10, Cancellation)).Event;
        var toGreeter = Assert.Single(await _queues.ClaimAsync(Greeter, 10, Cancellation)).Event;
        Assert.Equal((one.Id, null, one.Id, "Greeter"), (toBroker.Id, toBroker.Handler, toGreeter.Id, toGreeter.Handler));

        await _queues.CompleteAsync(LaneSlice.All, [toBroker], [], Cancellation);
        Assert.Equal((1, true), (_group.Left, _group.IsPartlyDone));
        Assert.Empty(await _queues.ClaimAsync(LaneSlice.All, 10, Cancellation));
        Assert.Single(await _queues.ClaimAsync(Greeter, 10, Cancellation));
        await _queues.CompleteAsync(Greeter, [toGreeter], [], Cancellation);
        Assert.Equal(0, _group.Left);
        Assert.True(_queues.IsEmpty);
    }

    [Fact]
    public async Task What_was_read_is_left_even_if_the_session_was_closed_before_it_was_taken()
    {
        using var closing = new CancellationTokenSource();
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _queues.AddAsync([([Make(null), Make(EventTargets.Of("Greeter"))], _group)], closing.Token));

        Assert.Equal(2, _group.Left);
    }

    public async ValueTask DisposeAsync()
    {
        _queues.Dispose();
        await _club.DisposeAsync();
    }

    private static ModelEvent Make(EventTargets? targets) =>
        Events.Make("member__created", "1", DateTimeOffset.UnixEpoch) with { Sequence = targets is null ? 1 : 2, Targets = targets };
}
