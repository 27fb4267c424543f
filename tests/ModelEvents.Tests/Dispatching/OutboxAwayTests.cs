using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Dispatching;

public class OutboxAwayTests
{
    private const int WentAway = 1100;
    private const int CameBack = 1101;
    private const int NotNoted = 1120;
    private const int NotedAgain = 1121;

    [Fact]
    public async Task An_absent_database_is_tried_now_and_then_and_logged_once()
    {
        await using var host = new DispatcherHost();
        host.Outbox.Fault = member => member == "OpenAsync" ? new IOException("no route") : null;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        await host.RunForAsync(600);
        Assert.InRange(host.Outbox.Count("OpenAsync"), 100, (600 / 2.5) + 5);
        Assert.Contains("no route", Assert.Single(host.Log.Lines(WentAway)), StringComparison.Ordinal);
        Assert.Empty(host.Log.Lines(CameBack));

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(
            () => host.Outbox.Waiting.Length == 0 && host.Log.Lines(CameBack).Length > 0, withinSeconds: 5);
        Assert.Single(host.Log.Lines(CameBack));
    }

    [Fact]
    public async Task Every_reason_for_which_a_database_is_absent_is_logged_once_until_it_is_back()
    {
        await using var host = new DispatcherHost();
        host.Outbox.Fault = member => member == "OpenAsync"
            ? new IOException(host.Outbox.Count("OpenAsync") % 2 == 0 ? "no route" : "no slot")
            : null;
        await host.StartAsync();

        await host.RunForAsync(60);

        Assert.Collection(
            host.Log.Lines(WentAway).Order(StringComparer.Ordinal),
            line => Assert.Contains("no route", line, StringComparison.Ordinal),
            line => Assert.Contains("no slot", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ClaimAsync")]
    [InlineData("CompleteAsync")]
    [InlineData("WaitAsync")]
    public async Task A_session_that_breaks_again_and_again_makes_no_hot_loop(string member)
    {
        await using var host = new DispatcherHost();
        host.Outbox.Fault = called => called == member ? new TimeoutException("timed out") : null;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        await host.RunForAsync(600);

        Assert.InRange(host.Outbox.Count("OpenAsync"), 100, (600 / 2.5) + 5);
        Assert.InRange(host.Outbox.Count("ClaimAsync"), 100, (600 / 2.5) + 5);
    }

    [Theory]
    [InlineData("OpenAsync")]
    [InlineData("ClaimAsync")]
    [InlineData("WaitAsync")]
    public async Task Whatever_fails_again_and_again_is_reported_from_its_begin_until_it_works(string member)
    {
        await using var host = new DispatcherHost();
        var conditions = host.Services.GetRequiredService<HealthConditions>();
        var began = host.Now;
        host.Outbox.Fault = called => called == member ? new TimeoutException("no publication") : null;
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        await host.RunForAsync(900);
        var condition = Assert.Single(
            conditions.Current, one => one.Text.StartsWith("Nothing is read", StringComparison.Ordinal));
        Assert.Equal(HealthConditionKind.Outage, condition.Kind);
        Assert.Contains("'ShopContext': no publication", condition.Text, StringComparison.Ordinal);
        Assert.InRange(condition.Since, began, began.AddSeconds(5));

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(() => conditions.Current.Count == 0, withinSeconds: 60);
    }

    [Fact]
    public async Task A_session_lost_before_the_completion_is_opened_again_and_nothing_is_lost()
    {
        await using var host = new DispatcherHost();
        var broken = true;
        host.Outbox.Fault = member => broken && member == "CompleteAsync" ? new IOException("gone") : null;
        host.Outbox.Commit("a", "a1", "a2");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Faults == 1);
        Assert.Equal(["a1", "a2"], host.Outbox.Waiting);

        broken = false;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["a1", "a2"], host.Publisher.ConfirmedNames);
        Assert.Equal(1, host.Outbox.OpenSessions);
    }

    [Fact]
    public async Task What_was_published_and_cannot_be_noted_is_published_once_and_stops_the_rest_until_it_can_be()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 4);
        var health = host.Services.GetRequiredService<HealthConditions>();
        host.Outbox.Fault = member => member == "CompleteAsync" ? new IOException("no deletes today") : null;
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        host.Sleepers = 1;
        await host.RunUntilAsync(() => health.Current.Count > 0);
        var published = host.Publisher.ConfirmedNames;
        host.Outbox.Commit("c", "c1");
        host.Outbox.Commit("d", "d1");

        await host.RunForAsync(600);
        Assert.InRange(host.Outbox.Faults, 100, 600);
        Assert.Equal(published, host.Publisher.ConfirmedNames);
        var failure = Assert.Single(health.Current);
        Assert.Equal(HealthConditionKind.Fails, failure.Kind);
        Assert.Contains("'ShopContext' cannot be noted", failure.Text, StringComparison.Ordinal);
        Assert.Single(host.Log.Lines(NotNoted));

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0 && health.Current.Count == 0);
        Assert.Equal(["a1", "a2", "b1", "c1", "d1"], host.Publisher.ConfirmedNames.Order());
        Assert.Single(host.Log.Lines(NotedAgain));
    }

    [Fact]
    public async Task A_refusal_that_could_not_be_noted_is_noted_and_counts_once()
    {
        await using var host = new DispatcherHost();
        host.Outbox.Fault = member => member == "CompleteAsync" && host.Outbox.Faults < 3 ? new IOException("gone") : null;
        host.Publisher.Outcome = _ => FakePublisher.Refused("no");
        host.Outbox.Commit("a", "a1");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.AttemptsOf("a1") == 1);

        Assert.Equal(3, host.Outbox.Faults);
        Assert.Single(host.Publisher.Calls);
    }

    [Fact]
    public async Task A_long_held_session_is_opened_again_at_once_when_it_is_lost()
    {
        await using var host = new DispatcherHost();
        await host.StartAsync();
        await host.RunForAsync(600);

        host.Outbox.Fault = member => host.Outbox.Faults == 0 && member == "ClaimAsync" ? new IOException("gone") : null;
        host.Outbox.Wake();
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Faults == 1);
        host.Outbox.Commit("a", "a1");
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0, withinSeconds: 1);

        Assert.Equal(["a1"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task A_worker_that_loses_the_session_lets_the_others_finish_what_they_publish()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 2);
        var release = new TaskCompletionSource();
        var (even, odd) = (KeyOf(lane => lane % 2 == 0), KeyOf(lane => lane % 2 == 1));
        host.Publisher.Before = (events, token) => events[0].Name == "slow" ? release.Task.WaitAsync(token) : Task.CompletedTask;
        host.Outbox.Commit(even, "slow");
        await host.StartAsync();
        await DispatcherHost.EventuallyAsync(() => host.Publisher.Calls.Count == 1);

        host.Outbox.Fault = member => host.Outbox.Faults == 0 && member == "ClaimAsync" ? new IOException("gone") : null;
        host.Outbox.Commit(odd, "quick");
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Faults == 1);
        release.SetResult();
        host.Sleepers = 1;
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(["slow", "quick"], host.Publisher.ConfirmedNames);
    }

    [Fact]
    public async Task The_host_starts_while_the_database_hangs()
    {
        await using var host = new DispatcherHost();
        var hanging = new ManualResetEventSlim();
        host.Outbox.Fault = member =>
        {
            if (member == "OpenAsync")
                hanging.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return null;
        };

        await host.StartAsync();
        Assert.Equal(0, host.Outbox.OpenSessions);

        hanging.Set();
        host.Outbox.Commit("a", "a1");
        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);
        Assert.Equal(["a1"], host.Publisher.ConfirmedNames);
    }

    private static string KeyOf(Predicate<short> isWanted) =>
        Enumerable.Range(0, 1000).Select(number => $"{number}").First(key => isWanted(Lane.Of("Shop.Order", key)));
}
