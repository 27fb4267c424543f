using System.Transactions;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Rules;
using ModelEvents.Tests.Capture;

namespace ModelEvents.Tests.Rules;

/// <summary>How rules and transactions go together, with every outbox of a relational provider.</summary>
public abstract partial class RuleTransactionContract<TDesks>(TDesks desks) : IClassFixture<TDesks>
    where TDesks : RelationalDeskFixture
{
    private const string Urgent = """{ "field": "priority", "op": "=", "value": 1 }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_raised_in_a_transaction_comes_and_goes_with_it()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent);
        foreach (var commits in new[] { false, true })
        {
            await using var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation);
            await desk.SaveAsync(new Ticket { Priority = 1, Title = $"{commits}" });
            Assert.Single(await desk.RaisedAsync());
            Assert.Empty(await desk.TakeEventsAsync());
            await (commits ? transaction.CommitAsync(Cancellation) : transaction.RollbackAsync(Cancellation));
        }

        var raised = Assert.Single(await desk.RaisedAsync());
        var events = await desk.TakeEventsAsync();
        Assert.Equal(["ticket__created", "trigger__rule"], events.Select(e => e.Name));
        Assert.Equal(("True", raised.Id), ((string)Desk.Body(events[1])["change"]!["title"]!, events[1].Id));
    }

    [Fact]
    public async Task Values_before_are_known_in_a_transaction_of_the_users()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "state", "from": [ "new" ], "to": "closed" }""", actions: """[ "updated" ]""");
        var ticket = await desk.SaveAsync(new Ticket());

        await using (var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation))
        {
            ticket.State = TicketState.Closed;
            await desk.Context.SaveChangesAsync(Cancellation);
            await transaction.CommitAsync(Cancellation);
        }

        Assert.Contains("\"before\": \"New\"", Assert.Single(await desk.RaisedAsync()).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_savepoint_that_is_rolled_back_takes_what_was_raised_along()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent);
        await using var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation);

        var kept = await desk.SaveAsync(new Ticket { Priority = 1 });
        await transaction.CreateSavepointAsync("here", Cancellation);
        await desk.SaveAsync(new Ticket { Priority = 1 });
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Contains($"\"{kept.Id}\"", Assert.Single(await desk.RaisedAsync()).Description, StringComparison.Ordinal);
        Assert.Equal(["ticket__created", "trigger__rule"], await desk.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_scope_holds_what_is_raised(bool completes)
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent);
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await desk.SaveAsync(new Ticket { Priority = 1 });
            if (completes)
                scope.Complete();
        }

        Assert.Equal(completes ? 1 : 0, (await desk.RaisedAsync()).Count);
        Assert.Equal(completes ? ["ticket__created", "trigger__rule"] : [], await desk.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_that_the_connection_is_enlisted_in_holds_what_is_raised(bool commits)
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent);
        using (var transaction = new CommittableTransaction())
        {
            await desk.Context.Database.OpenConnectionAsync(Cancellation);
            desk.Context.Database.EnlistTransaction(transaction);
            desk.Context.AddRange(new Ticket { Priority = 1 }, new Ticket { Priority = 1 });
            await desk.Context.SaveChangesAsync(Cancellation);
            if (commits)
                transaction.Commit();
        }

        await desk.Context.Database.CloseConnectionAsync();
        Assert.Equal(commits ? 2 : 0, (await desk.AnotherScope().RaisedAsync()).Count);
        Assert.Equal(
            commits ? ["ticket__created", "ticket__created", "trigger__rule", "trigger__rule"] : [],
            (await desk.TakeNamesAsync()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retried_attempt_raises_once(bool atCommit)
    {
        var fault = new TransientFault(atCommit);
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(Urgent);
        desk = desks.NewProcess(interceptors: [fault], retry: true);

        var ticket = await desk.SaveAsync(new Ticket { Priority = 1 });

        Assert.Equal(1, fault.Failures);
        Assert.Contains($"\"{ticket.Id}\"", Assert.Single(await desk.RaisedAsync()).Description, StringComparison.Ordinal);
        Assert.Equal(["ticket__created", "trigger__rule"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_rule_that_a_later_interceptor_lets_a_change_meet_is_not_missed()
    {
        var acting = new Acting();
        var desk = await desks.CreateAsync(interceptors: [acting]);
        await desk.AddRuleAsync(Urgent);
        var ticket = new Ticket();
        desk.Context.Add(ticket);
        acting.Saving = _ => ticket.Priority = 1;

        // Where the save was to be one statement it is refused, and made again.
        try
        {
            await desk.Context.SaveChangesAsync(Cancellation);
        }
        catch (DbUpdateException refused)
        {
            Assert.Contains("was changed by an interceptor", refused.InnerException?.Message, StringComparison.Ordinal);
            Assert.Empty(await desk.TakeEventsAsync());
            await desk.Context.SaveChangesAsync(Cancellation);
        }

        Assert.Single(await desk.RaisedAsync());
        Assert.Equal(["ticket__created", "trigger__rule"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_rule_that_is_fired_is_written_and_published_with_the_transaction_or_by_itself()
    {
        var desk = await desks.CreateAsync(retry: true);
        await desk.Rules.CreateAsync(TriggerRuleTypes.Manual, "fired", "{}", cancellationToken: Cancellation);
        await desk.Context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation);
            await desk.Rules.FireAsync("fired", new { N = 1 }, Cancellation);
            await transaction.RollbackAsync(Cancellation);
        });

        await desk.Rules.FireAsync("fired", new { N = 2 }, Cancellation);

        Assert.Equal("""{"n": 2}""", Assert.Single(await desk.RaisedAsync()).Description);
        Assert.Equal(2, (int)Desk.Body(Assert.Single(await desk.TakeEventsAsync()))["description"]!["n"]!);
    }

    [Fact]
    public async Task A_rule_cannot_be_fired_inside_of_a_save_without_a_transaction()
    {
        var acting = new Acting();
        var desk = await desks.CreateAsync(interceptors: [acting]);
        await desk.Rules.CreateAsync(TriggerRuleTypes.Manual, "fired", "{}", cancellationToken: Cancellation);
        acting.Saving = _ => desk.Rules.FireAsync("fired", cancellationToken: Cancellation).GetAwaiter().GetResult();

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => desk.SaveAsync(new Ticket()));

        Assert.StartsWith("A rule cannot be fired inside of a save of 'DeskContext'", mistake.Message, StringComparison.Ordinal);
        Assert.Empty(await desk.RaisedAsync());
    }

    [Fact]
    public async Task An_edit_in_a_transaction_is_in_force_after_its_commit()
    {
        var desk = await desks.CreateAsync();
        await using (var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation))
        {
            await desk.AddRuleAsync(Urgent, "rolled back");
            await transaction.RollbackAsync(Cancellation);
        }

        await using (var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation))
        {
            await desk.AddRuleAsync(Urgent, "kept");
            await transaction.CommitAsync(Cancellation);
        }

        Assert.Equal(["kept"], (await desk.Rules.ListAsync(cancellationToken: Cancellation)).Items.Select(rule => rule.Name));
        await Infrastructure.Eventually.TrueAsync(
            async () =>
            {
                await desk.SaveAsync(new Ticket { Priority = 1 });
                return (await desk.TakeNamesAsync()).Contains("trigger__kept");
            },
            () => "the rule is not in force");
    }
}
