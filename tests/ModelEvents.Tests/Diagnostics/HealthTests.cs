using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Diagnostics;

public class HealthTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeOutbox _outbox;

    public HealthTests() => _outbox = new FakeOutbox(_clock);

    [Theory]
    [InlineData(59, HealthStatus.Healthy)]
    [InlineData(60, HealthStatus.Degraded)]
    [InlineData(599, HealthStatus.Degraded)]
    [InlineData(600, HealthStatus.Unhealthy)]
    public async Task The_age_of_the_oldest_event_decides(int seconds, HealthStatus expected)
    {
        _outbox.Commit("a", "a1");
        _clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(seconds));
        _outbox.Commit("a", "a2");

        var entry = await CheckAsync();

        Assert.Equal(expected, entry.Status);
        var data = Assert.IsType<Dictionary<string, object>>(entry.Data["ShopContext"]);
        Assert.Equal((2L, 0L, (double)seconds), ((long)data["waiting"], (long)data["parked"], (double)data["oldestSeconds"]));
    }

    [Fact]
    public async Task The_thresholds_are_options()
    {
        _outbox.Commit("a", "a1");
        _clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(5));

        var entry = await CheckAsync(options => options.UnhealthyAfter = TimeSpan.FromSeconds(5));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The oldest event in 'ShopContext' has waited for 00:00:05.", entry.Description);
    }

    [Theory]
    [InlineData(nameof(HealthConditionKind.Degrades), 0, HealthStatus.Degraded)]
    [InlineData(nameof(HealthConditionKind.Fails), 0, HealthStatus.Unhealthy)]
    [InlineData(nameof(HealthConditionKind.Outage), 59, HealthStatus.Healthy)]
    [InlineData(nameof(HealthConditionKind.Outage), 60, HealthStatus.Degraded)]
    [InlineData(nameof(HealthConditionKind.Outage), 600, HealthStatus.Unhealthy)]
    public async Task A_condition_decides_from_its_begin_until_its_end(
        string kind, int seconds, HealthStatus expected)
    {
        var conditions = new HealthConditions(_clock);
        Assert.True(conditions.Begin("slot", Enum.Parse<HealthConditionKind>(kind), "The slot was gone."));
        _clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(seconds));
        Assert.False(conditions.Begin("slot", Enum.Parse<HealthConditionKind>(kind), "The slot 'shop' is gone."));

        var entry = await CheckAsync(conditions: conditions);
        Assert.Equal(expected, entry.Status);
        Assert.Equal("The slot 'shop' is gone.", entry.Description);

        Assert.True(conditions.End("slot"));
        entry = await CheckAsync(conditions: conditions);
        Assert.Equal((HealthStatus.Healthy, "Events are published in time."), (entry.Status, entry.Description));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task That_nothing_can_be_published_is_said_with_the_reason_from_the_start_and_degrades_when_it_lasts(bool durable)
    {
        await using var host = NewHost(durable);
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunUntilAsync(() => !host.Publisher.Calls.IsEmpty);
        await host.RunForAsync(4.5);

        var entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("Nothing can be published for 00:00:04 now: connection refused", entry.Description);

        await host.RunForAsync(62.2);
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal(
            "The oldest event in 'ShopContext' has waited for 00:01:06. Nothing can be published for 00:01:06 now: connection refused",
            entry.Description);

        host.Publisher.Outcome = _ => new(0);
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        entry = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, "Events are published in time."), (entry.Status, entry.Description));
    }

    [Theory]
    [InlineData(65, HealthStatus.Degraded)]
    [InlineData(605, HealthStatus.Unhealthy)]
    public async Task It_degrades_also_where_the_age_of_what_waits_is_not_known(int seconds, HealthStatus expected)
    {
        await using var host = NewHost();
        host.Outbox.IsAgeKnown = false;
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();
        await host.RunForAsync(seconds);

        var entry = await CheckAsync(host);

        Assert.Equal(expected, entry.Status);
        Assert.StartsWith("Nothing can be published for 00:", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outage_of_which_nothing_is_heard_any_more_does_not_degrade_and_another_begins_anew()
    {
        var reach = NewReach();
        reach.Lost(_clock.GetTimestamp(), "connection refused");
        _clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(70));
        Assert.Equal(new ReachFailure("connection refused", TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(70)), reach.Failure);

        _clock.AdvanceToNext(_clock.GetUtcNow().AddSeconds(50));
        Assert.Equal(new ReachFailure("connection refused", null, TimeSpan.FromMinutes(2)), reach.Failure);

        reach.Lost(_clock.GetTimestamp(), "no route");
        Assert.Equal(new ReachFailure("no route", TimeSpan.Zero, TimeSpan.Zero), reach.Failure);
    }

    [Fact]
    public async Task A_process_that_has_left_the_publishing_to_another_says_why_and_is_judged_by_what_waits()
    {
        var reach = NewReach();
        reach.Lost(_clock.GetTimestamp(), "connection refused");
        reach.GaveUp();
        _clock.AdvanceToNext(_clock.GetUtcNow().AddMinutes(2));

        var entry = await CheckAsync(reach: reach);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(
            "Nothing could be published when this process tried it last, 00:02:00 ago: connection refused", entry.Description);
        reach.Found();
        Assert.Equal("Events are published in time.", (await CheckAsync(reach: reach)).Description);
    }

    [Fact]
    public async Task A_parked_event_degrades()
    {
        _outbox.Commit("a", "a1");
        await using var session = await _outbox.OpenAsync(CancellationToken.None);
        var claimed = await session.ClaimAsync(LaneSlice.All, 1, CancellationToken.None);
        await session.CompleteAsync(LaneSlice.All, [], [new(claimed[0].Event, 1, "no", null)], CancellationToken.None);

        var entry = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("1 events are parked in 'ShopContext'.", entry.Description);
    }

    [Fact]
    public async Task A_database_that_is_away_is_unhealthy()
    {
        _outbox.Fault = _ => new IOException("no route");

        var entry = await CheckAsync();

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The outbox 'ShopContext' cannot be reached: no route.", entry.Description);
        Assert.Equal("no route", entry.Exception?.Message);
    }

    private static DispatcherHost NewHost(bool durable = true) =>
        new(durable: durable, register: services => services.AddHealthChecks().AddModelEvents());

    private static async Task<HealthReportEntry> CheckAsync(DispatcherHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["modelevents"];

    private BrokerReach NewReach() => new(Options.Create(new ModelEventsOptions()), _clock);

    private async Task<HealthReportEntry> CheckAsync(
        Action<OutboxHealthOptions>? configure = null, HealthConditions? conditions = null, BrokerReach? reach = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IOutboxReader>(_outbox);
        services.AddSingleton(conditions ?? new HealthConditions(_clock));
        if (reach is not null)
            services.AddSingleton(reach);
        services.AddHealthChecks().AddModelEvents(configure);
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        return report.Entries["modelevents"];
    }
}
