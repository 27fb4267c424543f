using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Testing;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Testing;

/// <summary>A publisher that fails on purpose, in front of a broker in memory that does not.</summary>
public sealed class FaultyPublisherTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FakePublisher _broker;
    private readonly ServiceProvider _services;

    public FaultyPublisherTests()
    {
        _broker = new FakePublisher(_clock);
        _services = Services(services => services.AddSingleton<IEventPublisher>(_broker));
    }

    private FaultyPublisher Publisher => _services.GetRequiredService<FaultyPublisher>();

    private PublisherFaults Faults => Publisher.Faults;

    [Fact]
    public async Task Without_faults_it_publishes_as_the_publisher_behind_it()
    {
        _broker.Outcome = e => e.Name == "b1" ? FakePublisher.Refused("too large") : PublishOutcome.Confirmed;

        var outcomes = await PublishAsync(Event("a", "a1"), Event("b", "b1"), Event("b", "b2"), Event("a", "a2"));

        Assert.Equal(
            [PublishStatus.Confirmed, PublishStatus.Refused, PublishStatus.Held, PublishStatus.Confirmed],
            outcomes.Select(outcome => outcome.Status));
        Assert.Equal("too large", outcomes[1].Error);
        Assert.Equal(["a1", "a2"], _broker.ConfirmedNames);
        Assert.Same(Publisher, _services.GetRequiredService<IEventPublisher>());
    }

    [Fact]
    public async Task An_event_whose_acknowledgement_is_lost_was_published_and_holds_its_key()
    {
        Faults.LoseAcknowledgement(every: 2);

        var outcomes = await PublishAsync(Event("a", "a1"), Event("b", "b1"), Event("b", "b2"), Event("c", "c1"));

        Assert.Equal(
            [PublishStatus.Confirmed, PublishStatus.Unavailable, PublishStatus.Held, PublishStatus.Confirmed],
            outcomes.Select(outcome => outcome.Status));
        Assert.Equal(["a1", "b1", "c1"], _broker.ConfirmedNames);
        Assert.Equal((1, 2), (Publisher.LostAcknowledgements, Publisher.Confirmed));
    }

    [Fact]
    public async Task A_duplicate_follows_its_event_before_the_next_one_of_the_key()
    {
        Faults.Duplicate(every: 2);

        var outcomes = await PublishAsync(Event("a", "a1"), Event("b", "b1"), Event("b", "b2"), Event("b", "b3"));

        Assert.All(outcomes, outcome => Assert.Equal(PublishOutcome.Confirmed, outcome));
        Assert.Equal(["b1", "b1", "b2", "b3", "b3"], _broker.ConfirmedNames.Where(name => name != "a1"));
        Assert.Equal(4, _broker.Confirmed.DistinctBy(published => published.Id).Count());
        Assert.Equal(2, Publisher.Duplicates);
    }

    [Fact]
    public async Task A_refused_event_is_not_published_and_holds_its_key()
    {
        Faults.Refuse(e => e.Name == "a1");

        var outcomes = await PublishAsync(Event("a", "a1"), Event("a", "a2"), Event("b", "b1"));

        Assert.Equal(
            [PublishStatus.Refused, PublishStatus.Held, PublishStatus.Confirmed],
            outcomes.Select(outcome => outcome.Status));
        Assert.Equal(["b1"], _broker.ConfirmedNames);
        Assert.Equal(1, Publisher.Refusals);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_not_tried_with_the_rest()
    {
        _broker.Outcome = _ => FakePublisher.Unavailable;

        var outcomes = await PublishAsync(Event("a", "a1"), Event("a", "a2"), Event("b", "b1"));

        Assert.Equal(
            [PublishStatus.Unavailable, PublishStatus.Held, PublishStatus.Unavailable],
            outcomes.Select(outcome => outcome.Status));
        Assert.Single(_broker.Calls);
    }

    [Fact]
    public async Task A_delay_passes_by_the_clock_of_the_host()
    {
        Faults.Delay(TimeSpan.FromSeconds(30));
        var publishing = PublishAsync(Event("a", "a1"));
        Assert.False(publishing.IsCompleted);
        Assert.True(_clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(30)));

        await publishing;
        Assert.Equal(["a1"], _broker.ConfirmedNames);
    }

    [Fact]
    public async Task Faults_may_change_and_end_while_it_runs()
    {
        Faults.Refuse(every: 1).LoseAcknowledgement(_ => true).Duplicate(_ => true);
        var before = await PublishAsync(Event("a", "a1"));
        Faults.Clear();
        var after = await PublishAsync(Event("a", "a1"));

        Assert.Equal(
            [PublishStatus.Refused, PublishStatus.Confirmed], before.Concat(after).Select(outcome => outcome.Status));
        Assert.Equal(["a1"], _broker.ConfirmedNames);
    }

    [Fact]
    public async Task Without_a_publisher_it_confirms_everything_by_itself()
    {
        await using var services = Services(_ => { });
        var publisher = services.GetRequiredService<IEventPublisher>();

        var outcomes = await publisher.PublishAsync([Event("a", "a1")], TestContext.Current.CancellationToken);

        Assert.Equal([PublishOutcome.Confirmed], outcomes);
    }

    [Fact]
    public async Task A_second_registration_adds_faults_to_the_same_publisher()
    {
        await using var services = Services(services => services.AddFaultyPublisher(faults => faults.Refuse(every: 1)));
        var publisher = Assert.IsType<FaultyPublisher>(services.GetRequiredService<IEventPublisher>());

        var outcomes = await publisher.PublishAsync([Event("a", "a1")], TestContext.Current.CancellationToken);

        Assert.Equal(PublishStatus.Refused, Assert.Single(outcomes).Status);
        Assert.Single(services.GetServices<IEventPublisher>());
    }

    [Fact]
    public void The_publisher_behind_it_is_disposed_with_the_services()
    {
        DisposedPublisher publisher;
        using (var services = Services(services => services.AddSingleton<IEventPublisher, DisposedPublisher>()))
        {
            services.GetRequiredService<FaultyPublisher>();
            publisher = (DisposedPublisher)services.GetRequiredKeyedService<IEventPublisher>(typeof(FaultyPublisher));
        }

        Assert.True(publisher.IsDisposed);
    }

    [Fact]
    public void Every_nth_needs_a_number() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Faults.Duplicate(every: 0));

    public void Dispose() => _services.Dispose();

    private ServiceProvider Services(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        services.AddOptions<ModelEventsOptions>();
        services.AddSingleton<TimeProvider>(_clock);
        register(services);
        return services.AddFaultyPublisher().BuildServiceProvider();
    }

    private Task<IReadOnlyList<PublishOutcome>> PublishAsync(params ModelEvent[] events) =>
        Publisher.PublishAsync(events, TestContext.Current.CancellationToken);

    private ModelEvent Event(string key, string name) => Events.Make(name, key, _clock.GetUtcNow());

    private sealed class DisposedPublisher : IEventPublisher, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
            IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }
}
