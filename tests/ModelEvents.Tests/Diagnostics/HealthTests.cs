using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Diagnostics;
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
        if (expected != HealthStatus.Healthy)
            Assert.Equal("The slot 'shop' is gone.", entry.Description);

        Assert.True(conditions.End("slot"));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(conditions: conditions)).Status);
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

    private async Task<HealthReportEntry> CheckAsync(
        Action<OutboxHealthOptions>? configure = null, HealthConditions? conditions = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IOutboxReader>(_outbox);
        services.AddSingleton(conditions ?? new HealthConditions(_clock));
        services.AddHealthChecks().AddModelEvents(configure);
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        return report.Entries["modelevents"];
    }
}
