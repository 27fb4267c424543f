using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
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
