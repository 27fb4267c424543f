using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Rules;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Rules;

/// <summary>Processes, scripts and SQL that work on the same rules.</summary>
public sealed class RuleProcessTests(PostgreSqlDesks desks) : IClassFixture<PostgreSqlDesks>
{
    private const string Any = """{ "field": "priority", "op": ">=", "value": 0 }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_edits_at_a_time_none_is_lost()
    {
        var here = await desks.CreateAsync();
        var there = desks.NewProcess();
        var rule = await here.AddRuleAsync(Any);

        var edits = await Task.WhenAll(
            EditOftenAsync(here.AnotherScope(), rule.Id),
            EditOftenAsync(here.AnotherScope(), rule.Id),
            EditOftenAsync(there.AnotherScope(), rule.Id),
            EditOftenAsync(there.AnotherScope(), rule.Id));

        var found = await here.Rules.FindAsync(rule.Id, Cancellation);
        Assert.Equal(1 + edits.Sum(), found!.Version);
    }

    [Fact]
    public async Task Of_many_that_acknowledge_an_event_one_is_told_that_it_did()
    {
        var here = await desks.CreateAsync();
        var there = desks.NewProcess();
        var one = await here.Events.CreateAsync("parse", cancellationToken: Cancellation);

        var answers = await Task.WhenAll(new[] { here, here, there, there }
            .Select(desk => desk.AnotherScope().Events.AcknowledgeAsync(one.Id, Cancellation)));

        Assert.Single(answers, didIt => didIt);
    }

    [Fact]
    public async Task A_rule_that_is_archived_by_SQL_is_asked_no_more()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Any);

        await desks.Database.ExecuteAsync("UPDATE trigger_rules SET archived = now()");

        await Eventually.TrueAsync(
            async () =>
            {
                await desk.SaveAsync(new Ticket());
                return await desk.TakeNamesAsync() is ["ticket__created"];
            },
            () => "the archived rule is still asked");
    }

    [Fact]
    public async Task Rules_are_edited_by_a_process_that_has_one_connection()
    {
        var rule = await (await desks.CreateAsync()).AddRuleAsync(Any);
        var text = new NpgsqlConnectionStringBuilder(desks.Database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString;
        var desk = desks.NewProcess(register: services => services.ConfigureDbContext<DeskContext>(
            options => options.UseNpgsql(text).AmongMany()));

        var edited = await desk.Rules.EditAsync(rule.Id, rule.Version, new() { Name = "edited" }, Cancellation);
        var archived = await desk.Rules.ArchiveAsync(rule.Id, edited.Version, Cancellation);

        Assert.Equal((3L, "edited"), (archived.Version, archived.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rules_are_read_outside_of_a_scope_that_edits_them(bool completes)
    {
        var rule = await (await desks.CreateAsync()).AddRuleAsync(Any, "as it was");
        var script = desks.NewProcess();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await script.Context.Database.ExecuteSqlAsync($"UPDATE trigger_rules SET name = 'by SQL'", Cancellation);
            await script.Rules.EditAsync(
                rule.Id,
                rule.Version,
                new() { Configuration = """{ "model": "Ticket", "actions": [ "created" ] }""" },
                Cancellation);
            if (completes)
                scope.Complete();
        }

        var found = await script.Rules.FindAsync(rule.Id, Cancellation);
        Assert.Equal(completes ? ("by SQL", 2L) : ("as it was", 1L), (found!.Name, found.Version));
        await Eventually.TrueAsync(
            async () =>
            {
                await script.SaveAsync(new Ticket());
                return (await script.TakeNamesAsync()).Contains($"trigger__{found.Name}");
            },
            () => "another rule is asked");
    }

    [Fact]
    public async Task Saves_go_on_by_the_rules_that_were_read_while_they_cannot_be_read_again()
    {
        using var log = new RecordedLog();
        await desks.CreateAsync();
        var desk = desks.NewProcess(register: services => services.AddLogging(logging => logging.AddProvider(log)));
        var rule = await desk.AddRuleAsync(Any);

        await desks.Database.ExecuteAsync("ALTER TABLE trigger_rules RENAME TO moved");
        await Eventually.TrueAsync(() => log.Lines(2042).Length > 0, () => "nobody has looked at the rules");
        await desk.SaveAsync(new Ticket());
        await desks.Database.ExecuteAsync(
            $"UPDATE moved SET is_active = false, version = 2 WHERE id = '{rule.Id}'; ALTER TABLE moved RENAME TO trigger_rules");
        await Eventually.TrueAsync(() => log.Lines(2043).Length > 0, () => "the rules were not read again");
        await desk.SaveAsync(new Ticket());

        Assert.Equal(["ticket__created", "trigger__rule", "ticket__created"], await desk.TakeNamesAsync());
        Assert.Single(log.Lines(2042));
    }

    private static async Task<int> EditOftenAsync(Desk desk, Guid id)
    {
        var edits = 0;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var read = await desk.Rules.FindAsync(id, Cancellation);
            try
            {
                await desk.Rules.EditAsync(id, read!.Version, new() { Name = $"{Guid.CreateVersion7()}" }, Cancellation);
                edits++;
            }
            catch (TriggerRuleConflictException)
            {
                // Another one was first.
            }
        }

        return edits;
    }
}
