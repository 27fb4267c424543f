using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Handlers;

/// <summary>How handlers are watched, and how a program with them ends.</summary>
public sealed class HandlerTests
{
    private const int GaveUp = 1401;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_handler_does_is_counted_under_its_name()
    {
        await using var club = new ClubHost(events => events.AddEventHandler<Greeter>().AddEventHandler<Treasurer>());
        var counted = new ConcurrentQueue<string>();
        using var listener = Listen(club, counted);
        await club.StartAsync();

        club.Join(1);
        club.Join(-1);
        await DispatcherHost.EventuallyAsync(() => counted.Count == 8);

        Assert.Equal(
            [
                "modelevents.handled Greeter 1", "modelevents.handled Treasurer 1",
                "modelevents.handler.failed Greeter 1", "modelevents.handler.failed Greeter 1",
                "modelevents.handler.failed Treasurer 1", "modelevents.handler.failed Treasurer 1",
                "modelevents.parked Greeter 1", "modelevents.parked Treasurer 1",
            ],
            counted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_handlers_call_is_a_span_with_its_name()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ModelEvents",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var club = await new ClubHost(events => events.AddEventHandler<Greeter>("span")).StartAsync();

        club.Join();
        await DispatcherHost.EventuallyAsync(() => spans.Any(IsOurs));

        var span = spans.First(IsOurs);
        Assert.Equal(("handle member__created", ActivityKind.Consumer), (span.DisplayName, span.Kind));

        static bool IsOurs(Activity span) => span.GetTagItem("modelevents.handler") is "span";
    }

    [Fact]
    public async Task A_program_that_ends_handles_what_waits_in_memory_first()
    {
        var club = await new ClubHost(events => events.AddEventHandler<Greeter>()).StartAsync();

        for (var id = 1; id <= 200; id++)
            club.Join(id);
        await club.DisposeAsync();

        Assert.Equal(200, club.Calls.Count);
    }

    [Fact]
    public async Task A_program_that_ends_as_soon_as_it_has_begun_does_so_too()
    {
        var club = new ClubHost(events => events.AddEventHandler<Greeter>());
        for (var id = 1; id <= 20; id++)
            club.Join(id);

        await club.StartAsync();
        await club.DisposeAsync();

        Assert.Equal(20, club.Calls.Count);
    }

    [Fact]
    public async Task The_status_tells_what_waits_for_each_handler()
    {
        await using var club = new ClubHost(
            events => events.AddEventHandler<Greeter>().AddEventHandler<Treasurer>(),
            """{ "ModelEvents": { "Handlers": { "Treasurer": { "Enabled": false } } } }""");
        club.Join(-1);
        club.Join(1);
        var outbox = club.Services.GetRequiredService<IOutboxReader>();
        Assert.Equal(new HandlerBacklog(2, 0), (await outbox.GetStatusAsync(Cancellation)).Handlers["Greeter"]);

        await club.StartAsync();
        await DispatcherHost.EventuallyAsync(() => club.Calls.Count == 3);
        await DispatcherHost.EventuallyAsync(() => club.Log.Lines(GaveUp).Length == 1);

        // Told before it is noted.
        IReadOnlyList<ParkedEvent> all = [];
        while (all.Count == 0)
            all = await outbox.ListParkedAsync(10, Cancellation);
        var parked = Assert.Single(all);
        Assert.Equal(new HandlerBacklog(0, 1), (await outbox.GetStatusAsync(Cancellation)).Handlers["Greeter"]);
        Assert.Equal(("Greeter", 2, "FormatException: no such member"), (parked.Handler, parked.Attempts, parked.Error));
    }

    private static MeterListener Listen(ClubHost club, ConcurrentQueue<string> counted)
    {
        var meter = club.Services.GetRequiredService<DispatcherMetrics>().Meter;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter && !instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "modelevents.handler")
                    counted.Enqueue($"{instrument.Name} {tag.Value} {value}");
            }
        });
        listener.Start();
        return listener;
    }
}
