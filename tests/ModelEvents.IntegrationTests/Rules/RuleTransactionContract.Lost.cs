using Microsoft.EntityFrameworkCore;
using ModelEvents.Rules;
using ModelEvents.Tests.Capture;

namespace ModelEvents.Tests.Rules;

public abstract partial class RuleTransactionContract<TDesks>
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    public async Task Wherever_the_session_ends_a_change_is_there_with_what_it_raises_or_neither(bool begins, int noticed)
    {
        using var end = new SessionEnd(desks.Database.ConnectionString);
        var desk = await desks.CreateAsync([end]);
        await desk.AddRuleAsync(Urgent);
        for (var point = 0; !end.IsPast; point++)
        {
            await using var context = desk.AnotherScope().Context;
            context.Add(new Ticket { Priority = 1 });
            end.EndAt(point, noticed);
            await TrySaveAsync(context, begins);
        }

        end.Rest();
        var tickets = await desk.Context.Tickets.OrderBy(ticket => ticket.Id).Select(ticket => $"{ticket.Id}")
            .ToListAsync(Cancellation);
        var events = (await desk.TakeEventsAsync()).ToLookup(e => e.Name, e => e.Key);
        Assert.NotEmpty(tickets);
        Assert.Equal(tickets.Count, (await desk.RaisedAsync()).Count);
        Assert.Equal(tickets, events["ticket__created"]);
        Assert.Equal(tickets, events["trigger__rule"]);
    }

    [Fact]
    public async Task A_rule_is_not_fired_in_a_transaction_whose_session_has_ended()
    {
        var desk = await desks.CreateAsync();
        await desk.Rules.CreateAsync(TriggerRuleTypes.Manual, "by hand", "{}", cancellationToken: Cancellation);
        await using var transaction = await desk.Context.Database.BeginTransactionAsync(Cancellation);
        await Assert.ThrowsAnyAsync<Exception>(() => desk.Context.Database.ExecuteSqlRawAsync(
            "SELECT pg_terminate_backend(pg_backend_pid())", Cancellation));

        await Assert.ThrowsAsync<DbUpdateException>(
            () => desk.Rules.FireAsync("by hand", cancellationToken: Cancellation));

        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync(Cancellation));
        Assert.Empty(await desk.AnotherScope().RaisedAsync());
        Assert.Empty(await desk.TakeEventsAsync());
    }

    private static async Task TrySaveAsync(DeskContext context, bool begins)
    {
        try
        {
            await using var transaction = begins ? await context.Database.BeginTransactionAsync(Cancellation) : null;
            await context.SaveChangesAsync(Cancellation);
            if (transaction is not null)
                await transaction.CommitAsync(Cancellation);
        }
        catch (Exception)
        {
            // What is in the database then tells whether it was committed.
        }
    }
}
