using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers of what the dispatcher does.</summary>
public sealed class DeliveryTests
{
    private const int HasFailed = 1300;

    [Fact]
    public async Task Each_attempt_is_told_when_it_starts_and_how_it_has_ended()
    {
        var onlooker = new Onlooker();
        await using var host = NewHost(onlooker, options => options.Dispatcher.MaxAttempts = 2);
        host.Publisher.Outcome = item => item.Name == "poison" ? FakePublisher.Refused("frame too large") : new(0);
        host.Publisher.Before = (_, cancellation) => Task.Delay(TimeSpan.FromSeconds(3), host.Clock, cancellation);
        host.Outbox.Commit("a", "poison", "waits");
        host.Outbox.Commit("b", "good");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);

        Assert.Equal(
            ["poison 1", "waits 1", "good 1", "poison 2"],
            onlooker.Started.Select(delivery => $"{delivery.Event.Name} {delivery.Attempt}"));
        Assert.Equal(
            [
                "poison 1 Failed: frame too large",
                "waits 1 Failed: The publisher held the event back.",
                "good 1 Published: ",
                "poison 2 Parked: frame too large",
            ],
            onlooker.Finished.Select(
                end => $"{end.Delivery.Event.Name} {end.Delivery.Attempt} {end.Result.Outcome}: {end.Result.Error}"));
        Assert.All(onlooker.Finished, end => Assert.Equal(TimeSpan.FromSeconds(3), end.Result.Duration));
        Assert.All(onlooker.Started, delivery => Assert.Equal("ShopContext", delivery.Outbox));
    }

    [Fact]
    public async Task A_publisher_that_cannot_be_reached_is_told_as_the_failure_of_each_event()
    {
        var onlooker = new Onlooker();
        await using var host = NewHost(onlooker);
        var isAway = true;
        host.Publisher.Outcome = _ => isAway ? throw new InvalidOperationException("no route") : new(0);
        host.Outbox.Commit("a", "one");
        await host.StartAsync();

        await host.RunUntilAsync(() => !onlooker.Finished.IsEmpty);
        isAway = false;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        var (first, last) = (onlooker.Finished.First(), onlooker.Finished.Last());
        Assert.Equal((1, DeliveryOutcome.Failed, "no route"), (first.Delivery.Attempt, first.Result.Outcome, first.Result.Error));
        Assert.Equal((1, DeliveryOutcome.Published), (last.Delivery.Attempt, last.Result.Outcome));
        Assert.Equal(onlooker.Started.Count, onlooker.Finished.Count);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_logged_and_holds_nothing_back()
    {
        var onlooker = new Onlooker { Failure = new FormatException("cannot look") };
        await using var host = NewHost(onlooker);
        host.Outbox.Commit("a", "one", "two");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["one", "two"], host.Publisher.ConfirmedNames);
        Assert.Equal(4, host.Log.Lines(HasFailed).Length);
        Assert.Contains(
            "'ModelEvents.Tests.Receivers.DeliveryTests.Onlooker' (IEventStarted)",
            host.Log.Lines(HasFailed)[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_cannot_be_disposed_of_is_logged_and_holds_nothing_back()
    {
        await using var host = new DispatcherHost(register: services => services.AddModelReceiver<Undisposable>());
        host.Outbox.Commit("a", "one", "two");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["one", "two"], host.Publisher.ConfirmedNames);
        Assert.Equal(2, host.Log.Lines(HasFailed).Length);
    }

    private static DispatcherHost NewHost(Onlooker onlooker, Action<ModelEventsOptions>? configure = null) =>
        new(configure, register: services => services.AddModelReceiver<Onlooker>().AddSingleton(onlooker));

    private sealed class Undisposable : IEventStarted, IEventFinished, IDisposable
    {
        public Task EventStartedAsync(EventDelivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task EventFinishedAsync(EventDelivery delivery, DeliveryResult result, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public void Dispose() => throw new FormatException("still needed");
    }

    private sealed class Onlooker : IEventStarted, IEventFinished
    {
        public ConcurrentQueue<EventDelivery> Started { get; } = [];

        public ConcurrentQueue<(EventDelivery Delivery, DeliveryResult Result)> Finished { get; } = [];

        public Exception? Failure { get; init; }

        public Task EventStartedAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            Started.Enqueue(delivery);
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }

        public Task EventFinishedAsync(EventDelivery delivery, DeliveryResult result, CancellationToken cancellationToken)
        {
            Finished.Enqueue((delivery, result));
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }
    }
}
