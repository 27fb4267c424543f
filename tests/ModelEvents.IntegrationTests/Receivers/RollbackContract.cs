using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>A save that fails after its receivers have found it accepted: nothing of it stays, and it can be made again.</summary>
public abstract class RollbackContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : RelationalPizzeria
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_tracker_knows_is_as_before_a_save_that_a_receiver_stopped()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var menu = await Menu.SaveAsync(context, Cancellation);
        menu.ChangeEverything(context);
        context.ChangeTracker.DetectChanges();
        var before = Tracked(context);

        using (pizzeria.Receivers.AfterSave<Bill>(SaveAndRefuseAsync))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(before, Tracked(context));
        context.ChangeTracker.DetectChanges();
        Assert.Equal(before, Tracked(context));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_receiver_took_out_of_collections_is_in_them_again_when_the_save_is_stopped(bool isSaved)
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var pizza = new Pizza { Toppings = { new Topping { Name = "ham" } } };
        var bill = new Bill { Lines = { new BillLine { Text = "pizza", Notes = { new LineNote() } } } };
        context.AddRange(pizza, bill);
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Guest());
        context.ChangeTracker.DetectChanges();
        var before = Tracked(context);

        using (pizzeria.Receivers.AfterSave<Guest>(async (_, save, cancellation) =>
        {
            pizza.Toppings.Clear();
            bill.Lines.Clear();
            save.Using.ChangeTracker.DetectChanges();
            if (isSaved)
                await save.Using.SaveChangesAsync(cancellation);
            throw new FormatException("refused");
        }))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        context.ChangeTracker.DetectChanges();
        Assert.Equal(before, Tracked(context));
        Assert.Equal(("ham", "pizza"), (Assert.Single(pizza.Toppings).Name, Assert.Single(bill.Lines).Text));
    }

    [Fact]
    public async Task A_save_that_a_receiver_stopped_can_be_made_again()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var menu = await Menu.SaveAsync(context, Cancellation);
        menu.ChangeEverything(context);
        menu.ChangeJson();
        using (pizzeria.Receivers.AfterSave<Bill>(SaveAndRefuseAsync))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        await pizzeria.TakeEventsAsync();

        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                "bill__created", "bill__deleted", "bill_line__created", "bill_line__deleted", "bill_line__deleted",
                "dish__created", "dish__updated", "guest__updated", "guest__updated", "guest__updated",
            ],
            (await pizzeria.TakeNamesAsync()).Order());
        await using var fresh = pizzeria.NewContext();
        await menu.AssertChangedAsync(fresh, Cancellation);
        await menu.AssertJsonChangedAsync(fresh, Cancellation);
        Assert.Empty(await fresh.Notes.Where(n => n.Text == "void").ToListAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retried_attempt_saves_once_what_a_receiver_saves_each_time(bool atCommit)
    {
        var fault = new TransientFault(atCommit);
        var pizzeria = await fixture.CreateAsync(interceptors: [fault], retry: true);
        var calls = 0;
        await using var context = pizzeria.NewContext();
        var guest = new Guest { Name = "regular" };
        var bill = new Bill { Table = $"retried {atCommit}", Lines = { new BillLine { Text = "soup" } } };
        context.AddRange(guest, bill);
        pizzeria.Receivers.AfterSave<Bill>(async (saved, save, cancellation) =>
        {
            calls++;
            guest.Visits++;
            save.Using.Add(new Note { Text = $"retried {saved.Table}" });
            await save.Using.SaveChangesAsync(cancellation);
        });

        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((1, atCommit ? 2 : 1), (fault.Failures, calls));
        Assert.Equal(
            ["bill__created", "bill_line__created", "guest__created", "guest__updated"],
            (await pizzeria.TakeNamesAsync()).Order());
        await using var fresh = pizzeria.NewContext();
        Assert.Single(await fresh.Notes.Where(n => n.Text == $"retried {bill.Table}").ToListAsync(Cancellation));
        Assert.Equal(1, (await fresh.Guests.SingleAsync(g => g.Id == guest.Id, Cancellation)).Visits);
        Assert.Equal(bill.Id, (await fresh.Lines.SingleAsync(l => l.Id == bill.Lines[0].Id, Cancellation)).BillId);
    }

    /// <summary>The way EF Core's documentation shows for transactions that a strategy may repeat.</summary>
    [Fact]
    public async Task A_transaction_that_is_repeated_with_pending_changes_saves_them_once()
    {
        var pizzeria = await fixture.CreateAsync(interceptors: [new TransientFault(atCommit: true)], retry: true);
        var table = $"repeated {Guid.CreateVersion7()}";
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            save.Using.Add(new Note { Text = $"{table}: {bill.Id > 0}" });
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = table, Lines = { new BillLine { Text = "soup" } } };
        context.Add(bill);

        await context.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            context,
            (saving, cancellation) => saving.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancellation),
            (_, _) => Task.FromResult(false),
            Cancellation);
        context.ChangeTracker.AcceptAllChanges();

        await using var fresh = pizzeria.NewContext();
        var saved = await fresh.Bills.Include(b => b.Lines).SingleAsync(b => b.Table == table, Cancellation);
        Assert.Equal((bill.Id, bill.Lines[0].Id), (saved.Id, Assert.Single(saved.Lines).Id));
        Assert.Equal([$"{table}: True"], await fresh.Notes.Where(n => n.Text.StartsWith(table)).Select(n => n.Text).ToListAsync(Cancellation));
        Assert.Equal(["bill__created", "bill_line__created"], (await pizzeria.TakeNamesAsync()).Order());
    }

    /// <summary>All that the change tracker knows, but for a mark on keys that it has yet to generate for shadow properties.</summary>
    private static string Tracked(DbContext context) =>
        context.ChangeTracker.DebugView.LongView.Replace(" Unknown", "", StringComparison.Ordinal);

    private static async Task SaveAndRefuseAsync(Bill bill, SaveContext save, CancellationToken cancellation)
    {
        if (!save.Created)
            return;

        foreach (var guest in save.Using.ChangeTracker.Entries<Guest>().Select(entry => entry.Entity))
        {
            guest.Visits++;
            guest.Mood = guest.Mood is null ? new Mood { Name = "void" } : null;
        }

        bill.Total += 1;
        save.Using.Add(new Note { Text = "void" });
        save.Using.Add(new BillLine { Bill = bill, Text = "void" });
        await save.Using.SaveChangesAsync(cancellation);
        save.Using.Add(new Note { Text = "void and not saved" });
        throw new FormatException("refused");
    }
}

public sealed class PostgreSqlRollbackTests(PostgreSqlPizzeria fixture) : RollbackContract<PostgreSqlPizzeria>(fixture);

public sealed class WalRollbackTests(WalPizzeria fixture) : RollbackContract<WalPizzeria>(fixture);

public sealed class TableRollbackTests(TablePizzeria fixture) : RollbackContract<TablePizzeria>(fixture);

public sealed class DirectRollbackTests(DirectPizzeria fixture) : RollbackContract<DirectPizzeria>(fixture);
