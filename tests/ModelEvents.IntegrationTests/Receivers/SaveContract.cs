using System.Text;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>What every provider promises about receivers before and after a save.</summary>
public abstract partial class SaveContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_receiver_changes_before_a_save_is_saved_and_published()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.BeforeSave<Bill>((bill, _, _) =>
        {
            bill.Total = bill.Lines.Count * 10;
            bill.Lines.Add(new BillLine { Text = "cover charge" });
            return Task.CompletedTask;
        });
        await using var context = pizzeria.NewContext();

        context.Add(new Bill { Table = "1", Lines = { new BillLine { Text = "pizza" } } });
        await context.SaveChangesAsync(Cancellation);

        var events = await pizzeria.TakeEventsAsync();
        Assert.Equal(["bill__created", "bill_line__created", "bill_line__created"], events.Select(e => e.Name).Order());
        Assert.Contains(
            "\"total\":10",
            Encoding.UTF8.GetString(events.Single(e => e.Name == "bill__created").Body.Span),
            StringComparison.Ordinal);
        Assert.Equal(10, (await context.Bills.AsNoTracking().SingleAsync(b => b.Table == "1", Cancellation)).Total);
    }

    [Fact]
    public async Task What_a_receiver_adds_before_a_save_is_received_too()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        pizzeria.Receivers.BeforeSave<Bill>((bill, save, _) =>
        {
            told.Add(bill.Table);
            save.Using.Add(new Guest { Name = $"at {bill.Table}" });
            return Task.CompletedTask;
        });
        pizzeria.Receivers.BeforeSave<Guest>((guest, _, _) => Told(told, guest.Name));
        await using var context = pizzeria.NewContext();

        context.Add(new Bill { Table = "corner" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["corner", "at corner"], told);
    }

    [Fact]
    public async Task A_receiver_finds_generated_values_after_a_save_and_what_it_saves_is_published()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<(int Id, bool Created, EntityState State)>();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            told.Add((bill.Id, save.Created, save.Using.Entry(bill).State));
            save.Using.Add(new Guest { Name = $"of bill {bill.Id}" });
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "2" };

        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([(bill.Id, true, EntityState.Unchanged)], told);
        Assert.True(bill.Id > 0);
        Assert.Equal(["bill__created", "guest__created"], await pizzeria.TakeNamesAsync());
        Assert.Single(await context.Guests.Where(g => g.Name == $"of bill {bill.Id}").ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_receiver_may_save_the_same_instance_again()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            if (bill.Table.Length > 0)
                return;

            bill.Table = $"table {bill.Id}";
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        var bill = new Bill();

        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["bill__created", "bill__updated"], await pizzeria.TakeNamesAsync());
        var saved = await context.Bills.AsNoTracking().SingleAsync(b => b.Id == bill.Id, Cancellation);
        Assert.Equal($"table {bill.Id}", saved.Table);
        Assert.False(context.ChangeTracker.HasChanges());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_receiver_changes_after_a_save_and_does_not_save_waits_for_the_next_one(bool isMarked)
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "waits" };
        context.Add(bill);
        using (pizzeria.Receivers.AfterSave<Bill>((saved, save, _) =>
        {
            saved.Total = 7;
            if (isMarked)
                save.Using.Entry(saved).DetectChanges();
            return Task.CompletedTask;
        }))
            await context.SaveChangesAsync(Cancellation);
        var stored = (await context.Bills.AsNoTracking().SingleAsync(b => b.Id == bill.Id, Cancellation)).Total;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(0, stored);
        Assert.Equal(["bill__created", "bill__updated"], await pizzeria.TakeNamesAsync());
        Assert.Equal(7, (await context.Bills.AsNoTracking().SingleAsync(b => b.Id == bill.Id, Cancellation)).Total);
    }

    [Fact]
    public async Task A_synchronous_save_is_received_by_what_does_not_wait()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<(string Kind, bool IsAsync, bool Raw)>();
        pizzeria.Receivers.BeforeSave<Bill>((_, save, _) => Told(told, ("before", save.IsAsync, save.Raw)));
        pizzeria.Receivers.AfterSave<Bill>((_, save, _) =>
        {
            save.Using.Add(new Guest { Name = "saved in between" });
            save.Using.SaveChanges();
            return Told(told, ("after", save.IsAsync, save.Raw));
        });
        await using var context = pizzeria.NewContext();

        context.Add(new Bill());
        context.SaveChangesRaw();

        Assert.Equal([("before", false, true), ("after", false, true)], told);
        Assert.Equal(["bill__created", "guest__created"], await pizzeria.TakeNamesAsync());
    }

    [Fact]
    public async Task A_save_that_is_asked_not_to_accept_its_changes_leaves_them_pending()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<EntityState>();
        pizzeria.Receivers.AfterSave<Bill>((bill, save, _) => Told(told, save.Using.Entry(bill).State));
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Lines = { new BillLine { Text = "line" } } };
        context.Add(bill);

        await context.SaveChangesAsync(acceptAllChangesOnSuccess: false, Cancellation);
        var (state, id, lineId) = (context.Entry(bill).State, bill.Id, context.Entry(bill).Property(b => b.Id).CurrentValue);
        context.ChangeTracker.AcceptAllChanges();
        bill.Total = 3;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([EntityState.Unchanged, EntityState.Unchanged], told);
        Assert.Equal((EntityState.Added, fixture.IsRelational ? 0 : bill.Id), (state, id));
        Assert.Equal((bill.Id, bill.Id), (lineId, bill.Lines[0].BillId));
        Assert.Equal(["bill__created", "bill_line__created", "bill__updated"], await pizzeria.TakeNamesAsync());
    }

    private static Task Told<T>(List<T> told, T one)
    {
        told.Add(one);
        return Task.CompletedTask;
    }
}

public sealed class PostgreSqlSaveTests(PostgreSqlPizzeria fixture) : SaveContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemorySaveTests(InMemoryPizzeria fixture) : SaveContract<InMemoryPizzeria>(fixture);
