using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>What every provider promises about receivers before and after a save.</summary>
public abstract class SaveContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_receiver_changes_before_a_save_is_saved_and_published()
    {
        var pizzeria = fixture.Create();
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
        Assert.Contains("\"total\":10", BodyOf(events.Single(e => e.Name == "bill__created")), StringComparison.Ordinal);
        Assert.Equal(10, (await context.Bills.AsNoTracking().SingleAsync(b => b.Table == "1", Cancellation)).Total);
    }

    [Fact]
    public async Task A_receiver_that_throws_before_a_save_stops_it()
    {
        var pizzeria = fixture.Create();
        using (pizzeria.Receivers.BeforeSave<Guest>((_, _, _) => throw new FormatException("no such guest")))
        {
            await using var context = pizzeria.NewContext();
            context.Add(new Guest { Name = "stopped" });

            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

            Assert.Empty(await pizzeria.TakeEventsAsync());
            Assert.False(await context.Guests.AnyAsync(g => g.Name == "stopped", Cancellation));
        }
    }

    [Fact]
    public async Task A_receiver_finds_generated_values_after_a_save_and_what_it_saves_is_published()
    {
        var pizzeria = fixture.Create();
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

    protected static string BodyOf(ModelEvent e) => System.Text.Encoding.UTF8.GetString(e.Body.Span);
}

public sealed class PostgreSqlSaveTests(PostgreSqlPizzeria fixture) : SaveContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemorySaveTests(InMemoryPizzeria fixture) : SaveContract<InMemoryPizzeria>(fixture);
