using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Handlers;

/// <summary>Where events go when they are appended.</summary>
public sealed class EventRouterTests
{
    private static readonly ModelEvent[] Appended =
    [
        Events.Make("member__created", "1", DateTimeOffset.UnixEpoch), Events.Make("member__deleted", "1", DateTimeOffset.UnixEpoch),
    ];

    [Fact]
    public async Task Without_handlers_events_are_left_as_they_are()
    {
        await using var club = new ClubHost(_ => { });

        Assert.Same(Appended, RouterOf(club).Route(Appended));
        Assert.Null(RouterOf(club).TargetsOf("member__created"));
    }

    [Fact]
    public async Task Without_a_publisher_events_that_no_handler_wants_are_left_out()
    {
        await using var club = new ClubHost(events => events.AddEventHandler<Greeter>().AddEventHandler<Treasurer>());

        var routed = Assert.Single(RouterOf(club).Route(Appended));

        Assert.Equal("member__created", routed.Name);
        Assert.False(routed.Targets!.Broker);
        Assert.Equal(["Greeter", "Treasurer"], routed.Targets.Handlers);
        Assert.Same(EventTargets.None, RouterOf(club).TargetsOf("member__deleted"));
    }

    [Fact]
    public async Task With_a_publisher_every_event_goes_to_the_broker_too()
    {
        await using var club = new ClubHost(
            events => events.AddEventHandler<Greeter>(),
            also: services => services.AddSingleton<IEventPublisher>(new FakePublisher(TimeProvider.System)));

        var routed = RouterOf(club).Route(Appended);

        Assert.Equal([true, true], routed.Select(one => one.Targets?.Broker != false));
        Assert.Equal(["Greeter"], routed[0].Targets!.Handlers);
        Assert.Same(Appended[1], routed[1]);
    }

    [Fact]
    public async Task A_process_that_does_not_dispatch_keeps_events_for_the_broker_without_a_publisher()
    {
        await using var club = new ClubHost(
            events => events.AddEventHandler<Greeter>(), """{ "ModelEvents": { "Dispatcher": { "Enabled": false } } }""");

        Assert.True(RouterOf(club).TargetsOf("member__created")!.Broker);
        Assert.Null(RouterOf(club).TargetsOf("member__deleted"));
    }

    [Fact]
    public async Task Events_of_the_same_targets_share_them()
    {
        await using var club = new ClubHost(events => events.AddEventHandler<Greeter>());

        Assert.Same(RouterOf(club).TargetsOf("member__created"), RouterOf(club).TargetsOf("member__updated"));
    }

    [Fact]
    public async Task A_test_that_records_events_records_them_all_and_calls_no_handler()
    {
        await using var club = new ClubHost(
            events => events.AddEventHandler<Greeter>(), also: services => services.AddModelEventRecorder());

        Assert.Same(Appended, RouterOf(club).Route(Appended));
    }

    private static EventRouter RouterOf(ClubHost club) => club.Services.GetRequiredService<EventRouter>();
}
