using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Rules;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Rules;

/// <summary>What only a PostgreSQL database shows.</summary>
public sealed class RuleTableTests(PostgreSqlDesks desks) : IClassFixture<PostgreSqlDesks>
{
    private const string Urgent = """{ "field": "priority", "op": "=", "value": 1 }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tables_have_jsonb_and_names_of_their_own()
    {
        var columns = await desks.Database.ScalarAsync<string>(
            """
            SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, E'\n'
              ORDER BY table_name, column_name COLLATE "C")
            FROM information_schema.columns WHERE table_name LIKE 'trigger\_%'
            """);

        Assert.Equal(
            """
            trigger_events.acknowledged timestamp with time zone
            trigger_events.description jsonb
            trigger_events.id uuid
            trigger_events.occurred timestamp with time zone
            trigger_events.rule_id uuid
            trigger_events.type character varying
            trigger_rules.archived timestamp with time zone
            trigger_rules.configuration jsonb
            trigger_rules.created timestamp with time zone
            trigger_rules.id uuid
            trigger_rules.is_active boolean
            trigger_rules.last_modified timestamp with time zone
            trigger_rules.name character varying
            trigger_rules.type character varying
            trigger_rules.version bigint
            """,
            columns);
    }

    [Fact]
    public async Task A_broken_rule_in_the_database_is_told_once_and_the_others_are_asked()
    {
        await desks.CreateAsync();
        await desks.Database.ExecuteAsync("ALTER TABLE trigger_rules ALTER COLUMN configuration TYPE text");
        try
        {
            var broken = new[] { "{ \"model\": \"Tick", "[ 1 ]", "{ \"model\": \"Nobody\" }" };
            foreach (var (index, configuration) in broken.Index())
                await InsertAsync($"broken {index}", "change", configuration);
            await InsertAsync("unknown", "clock", "{}");
            await InsertAsync("", "manual", "{}");
            await InsertAsync("good", "change", $$"""{ "model": "Ticket", "condition": {{Urgent}} }""");
            using var log = new RecordedLog();
            var desk = desks.NewProcess(register: services => services.AddLogging(logging => logging.AddProvider(log)));

            await desk.SaveAsync(new Ticket { Priority = 1 });
            await InsertAsync("good too", "change", $$"""{ "model": "Ticket", "condition": {{Urgent}} }""");
            await Eventually.TrueAsync(
                async () =>
                {
                    await desk.SaveAsync(new Ticket { Priority = 1 });
                    return (await desk.TakeNamesAsync()).Contains("trigger__good too");
                },
                () => "the new rule is not asked");

            var lines = log.Lines(2040);
            Assert.Equal(5, lines.Length);
            Assert.Single(lines, line => line.StartsWith("The rule 'broken 0'", StringComparison.Ordinal)
                && line.Contains("The configuration is no JSON: ", StringComparison.Ordinal));
            Assert.Single(lines, line => line.StartsWith("The rule 'broken 1'", StringComparison.Ordinal));
            Assert.Single(lines, line => line.Contains("The model 'Nobody' is not listed.", StringComparison.Ordinal));
            Assert.Single(lines, line => line.Contains("The type 'clock' of the rule 'unknown' has no handler.", StringComparison.Ordinal));
            Assert.Single(lines, line => line.StartsWith("The rule ''", StringComparison.Ordinal));
        }
        finally
        {
            await desks.Database.ExecuteAsync(
                "TRUNCATE trigger_events, trigger_rules; "
                + "ALTER TABLE trigger_rules ALTER COLUMN configuration TYPE jsonb USING configuration::jsonb");
        }
    }

    [Fact]
    public async Task A_save_that_meets_no_rule_stays_one_statement()
    {
        var commands = new CommandTexts();
        var desk = await desks.CreateAsync(interceptors: [commands]);
        await desk.AddRuleAsync(Urgent);
        commands.All.Clear();

        await desk.SaveAsync(new Ticket { Priority = 2 });
        var without = commands.All.ToList();
        await desk.SaveAsync(new Ticket { Priority = 1 });

        Assert.Contains("INSERT INTO \"Tickets\"", Assert.Single(without), StringComparison.Ordinal);
        Assert.Single(await desk.RaisedAsync());
    }

    [Fact]
    public async Task Many_changes_that_meet_rules_are_written_in_few_round_trips()
    {
        const int count = 500;
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent, "one");
        await desk.AddRuleAsync(Urgent, "two");
        desk.Context.AddRange(Enumerable.Range(0, count).Select(_ => new Ticket { Priority = 1 }));
        var roundTrips = 0;
        using (CountCommands(() => Interlocked.Increment(ref roundTrips)))
            await desk.Context.SaveChangesAsync(Cancellation);

        Assert.InRange(roundTrips, 3, 20);
        Assert.Equal(2 * count, (await desk.Events.ListAsync(cancellationToken: Cancellation)).Total);
        Assert.Equal(3 * count, (await desk.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task An_event_that_is_locked_makes_another_process_wait()
    {
        var here = await desks.CreateAsync();
        var there = desks.NewProcess();
        var one = await here.Events.CreateAsync("parse", cancellationToken: Cancellation);

        await using var transaction = await here.Context.Database.BeginTransactionAsync(Cancellation);
        var locked = await here.Events.GetLockedAsync(one.Id, Cancellation);
        var waiting = AcknowledgeAsync(there, one.Id);
        await Eventually.TrueAsync(
            async () => await desks.Database.ScalarAsync<long>(
                $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{desks.Database.Name}' AND wait_event_type = 'Lock'") > 0,
            () => "nobody waits");
        Assert.False(waiting.IsCompleted);
        Assert.True(await here.Events.AcknowledgeAsync(one.Id, Cancellation));
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(one.Id, locked!.Id);
        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task An_event_is_locked_in_a_transaction_only()
    {
        var desk = await desks.CreateAsync();
        var one = await desk.Events.CreateAsync("parse", cancellationToken: Cancellation);

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(
            () => desk.Events.GetLockedAsync(one.Id, Cancellation));

        Assert.Equal(
            $"The trigger event '{one.Id}' cannot be locked, as 'DeskContext' has no transaction that would hold the lock. "
                + "Begin one, and commit it when you are done.",
            mistake.Message);
    }

    [Fact]
    public async Task A_database_that_is_not_there_at_start_up_is_asked_again()
    {
        await using var database = new LateDatabase();
        await using var services = database.NewServices(desks.Log);
        foreach (var hosted in services.GetServices<Microsoft.Extensions.Hosting.IHostedService>())
        {
            if (hosted.GetType().Name.StartsWith("RuleStart", StringComparison.Ordinal))
                await hosted.StartAsync(Cancellation);
        }

        await database.CreateAsync();
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<DeskContext>().Database.EnsureCreatedAsync(Cancellation);

        await Eventually.TrueAsync(() => desks.Log.Lines(2043).Length == 1, () => "the rules were not read");
        Assert.Single(desks.Log.Lines(2042));
    }

    /// <summary>Calls <paramref name="count"/> for each command that goes to the database, whoever sends it.</summary>
    private ActivityListener CountCommands(Action count)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = command =>
            {
                if (command.TagObjects.Any(tag => Equals(tag.Value, desks.Database.Name)))
                    count();
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static async Task<TriggerEvent?> AcknowledgeAsync(Desk desk, Guid id)
    {
        await using var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation);
        var locked = await desk.Events.GetLockedAsync(id, Cancellation);
        await transaction.CommitAsync(Cancellation);
        return locked?.Acknowledged is null ? null : locked;
    }

    private Task<int> InsertAsync(string name, string type, string configuration) => desks.Database.ExecuteAsync(
        $"""
        INSERT INTO trigger_rules (id, type, name, configuration, is_active, created, last_modified, version)
        VALUES (gen_random_uuid(), '{type}', '{name}', '{configuration}', true, now(), now(), 1)
        """);

    private sealed class CommandTexts : DbCommandInterceptor
    {
        public List<string> All { get; } = [];

        public override ValueTask<InterceptionResult<System.Data.Common.DbDataReader>> ReaderExecutingAsync(
            System.Data.Common.DbCommand command,
            CommandEventData eventData,
            InterceptionResult<System.Data.Common.DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            All.Add(command.CommandText);
            return new(result);
        }
    }
}
