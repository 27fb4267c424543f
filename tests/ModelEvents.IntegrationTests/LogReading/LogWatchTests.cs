using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;

namespace ModelEvents.Tests.LogReading;

/// <summary>What was set up is undone while a process reads: it is told, with the time, until somebody has seen to it.</summary>
public sealed class LogWatchTests
{
    private const string Publication = "model_events_parcelcontext";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tables_that_go_out_of_sight_are_reported_and_read_again_once_they_are_set_up()
    {
        string[] names = ["anew", "left_out", "renamed", "filtered", "narrowed", "fine"];
        await using var fixture = await LogFixture.CreateAsync(
            string.Concat(names.Select(name => $"CREATE TABLE {name} (id int PRIMARY KEY);")), names);
        await using var host = fixture.Host();
        await host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await host.StartAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO fine VALUES (1)");
        await fixture.NamesAsync(1);

        await fixture.Database.ExecuteAsync(
            $"""
            DROP TABLE anew;
            CREATE TABLE anew (id int PRIMARY KEY);
            ALTER PUBLICATION {Publication} DROP TABLE left_out, filtered;
            ALTER PUBLICATION {Publication} ADD TABLE filtered WHERE (id > 5);
            ALTER TABLE renamed RENAME TO other;
            ALTER TABLE narrowed ADD COLUMN code int NOT NULL DEFAULT 1 UNIQUE;
            ALTER TABLE narrowed REPLICA IDENTITY USING INDEX narrowed_code_key;
            """);
        await IsReportedAsync(host, "between 20");
        var loss = (await StatusAsync(host)).PossibleLoss!;
        Assert.Contains("'public.anew' are missed: the table was dropped and made again", loss, StringComparison.Ordinal);
        Assert.Contains("'public.left_out' are missed: the table was taken out of the publication", loss, StringComparison.Ordinal);
        Assert.Contains("'public.filtered' are missed: the publication leaves out", loss, StringComparison.Ordinal);
        Assert.Contains("'public.renamed' are missed: the table was dropped or renamed", loss, StringComparison.Ordinal);
        Assert.DoesNotContain("'public.fine'", loss, StringComparison.Ordinal);
        await host.LoggedAsync(3023, "IModelEventLog.SetUpAsync");
        await host.LoggedAsync(3023, "'public.narrowed' lacks 'id'");
        Assert.Contains("IModelEventLog.SetUpAsync", (await host.CheckHealthAsync()).Description, StringComparison.Ordinal);

        await fixture.Database.ExecuteAsync("ALTER TABLE other RENAME TO renamed");
        await host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await fixture.Database.ExecuteAsync(string.Concat(names.Select(name => $"INSERT INTO {name} VALUES (2);")));

        Assert.Equal(
            ["fine__created 1", .. names.Select(name => $"{name}__created 2")], await fixture.NamesAsync(1 + names.Length));
        await IsReportedAsync(host, "were missed up to now");
        await host.Services.GetRequiredService<IModelEventLog>().AcknowledgeLossAsync(Token);
        await Eventually.TrueAsync(
            async () => (await host.CheckHealthAsync()).Status == HealthStatus.Healthy,
            () => string.Join(Environment.NewLine, host.Log.All));
    }

    [Fact]
    public async Task Where_starts_set_up_what_is_undone_is_set_up_again_and_reported()
    {
        var (fixture, host) = await LogFixture.StartAsync("CREATE TABLE meters (id int PRIMARY KEY)", "meters");
        await using var database = fixture;
        await using var running = host;

        await fixture.Database.ExecuteAsync(
            $"""
            DROP TABLE meters;
            CREATE TABLE meters (id int PRIMARY KEY);
            ALTER PUBLICATION {Publication} SET (publish = 'insert');
            """);
        await IsReportedAsync(host, "Changes of some kinds are missed");
        await IsReportedAsync(host, "'public.meters' were missed up to now");
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (1); DELETE FROM meters");

        Assert.Equal(["meters__created 1", "meters__deleted 1"], await fixture.NamesAsync(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_that_was_dropped_and_made_again_while_no_process_ran_is_reported_once(bool startsSetUp)
    {
        await using var fixture = await LogFixture.CreateAsync(
            "CREATE TABLE meters (id int PRIMARY KEY); CREATE TABLE fine (id int PRIMARY KEY)", "meters", "fine");
        await using (var before = await fixture.StartHostAsync())
        {
            await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (1)");
            await fixture.NamesAsync(1);
        }

        await fixture.Database.ExecuteAsync(
            "DROP TABLE meters; CREATE TABLE meters (id int PRIMARY KEY); INSERT INTO meters VALUES (2)");
        if (!startsSetUp)
        {
            await using var refused = fixture.Host();
            await Assert.ThrowsAsync<InvalidOperationException>(refused.StartAsync);
            await refused.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        }

        await using (var host = fixture.Host(options => options.Wal.SetUp = startsSetUp))
        {
            await host.StartAsync();
            await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (3)");
            Assert.Equal(["meters__created 1", "meters__created 3"], await fixture.NamesAsync(2));
            await IsReportedAsync(host, "the table was dropped and made again");
            var loss = (await StatusAsync(host)).PossibleLoss!;
            Assert.Matches(@"'public\.meters' (are|were) missed: .* \(between 20.* and 20.*\)", loss);
            Assert.DoesNotContain("'public.fine'", loss, StringComparison.Ordinal);
            await host.Services.GetRequiredService<IModelEventLog>().AcknowledgeLossAsync(Token);
        }

        await using var next = await fixture.StartHostAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (4)");
        await fixture.NamesAsync(3);
        Assert.Null((await StatusAsync(next)).PossibleLoss);
    }

    [Fact]
    public async Task A_publication_that_was_dropped_and_made_again_is_read_on_and_reported()
    {
        await using var fixture = await LogFixture.CreateAsync("CREATE TABLE meters (id int PRIMARY KEY)", "meters");
        await using var host = fixture.Host();
        await host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await host.StartAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (1)");
        await fixture.NamesAsync(1);

        await fixture.Database.ExecuteAsync($"DROP PUBLICATION {Publication}");
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (2)");
        await host.LoggedAsync(1100, Publication);
        await host.IsUnhealthyAsync($"'{Publication}' does not exist");
        await host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await IsReportedAsync(host, "cannot be read");
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (3)");

        Assert.Equal(["meters__created 1", "meters__created 3"], await fixture.NamesAsync(2));
    }

    [Fact]
    public async Task A_publication_of_another_service_is_refused_and_left_as_it_is()
    {
        await using var fixture = await LogFixture.CreateAsync("CREATE TABLE meters (id int PRIMARY KEY)", "meters");
        await using var host = await fixture.StartHostAsync();
        await using var other = fixture.Host(options => options.ServiceName = "other");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => other.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token));
        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(other.StartAsync);

        Assert.Equal(refused.Message, stopped.Message);
        Assert.Contains($"service {fixture.Database.Name}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'ModelEvents:Wal:Slot'", refused.Message, StringComparison.Ordinal);
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (1)");
        await fixture.NamesAsync(1);
    }

    private static async Task IsReportedAsync(WalHost host, string because)
    {
        await Eventually.TrueAsync(
            async () => (await StatusAsync(host)).PossibleLoss?.Contains(because, StringComparison.Ordinal) == true,
            () => string.Join(Environment.NewLine, host.Log.All));
        Assert.NotEqual(HealthStatus.Healthy, (await host.CheckHealthAsync()).Status);
    }

    private static async Task<OutboxStatus> StatusAsync(WalHost host)
    {
        try
        {
            return await host.Services.GetRequiredService<IOutboxReader>().GetStatusAsync(Token);
        }
        catch (InvalidOperationException)
        {
            return new OutboxStatus(0, 0, null);
        }
    }
}
