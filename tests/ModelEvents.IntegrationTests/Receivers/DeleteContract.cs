using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>What every provider promises about receivers before and after a delete.</summary>
public abstract class DeleteContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delete_is_told_before_and_after_with_itself_as_origin()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var guest = new Guest { Name = "gone", Address = new Address { Street = "Elm" } };
        context.Add(guest);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<(string When, object Model, object Origin, EntityState State)>();
        pizzeria.Receivers.BeforeDelete<Guest>((model, deletion, _) =>
            Told(told, ("before", model, deletion.Origin, deletion.Using.Entry(model).State)));
        pizzeria.Receivers.AfterDelete<object>((model, deletion, _) =>
            Told(told, ("after", model, deletion.Origin, deletion.Using.Entry(model).State)));

        context.Remove(guest);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [("before", guest, guest, EntityState.Deleted), ("after", guest, guest, EntityState.Detached)],
            told);
    }

    [Fact]
    public async Task What_cascades_is_told_with_the_first_principal_as_origin()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var note = new LineNote { Text = "no onions" };
        var line = new BillLine { Text = "pizza", Notes = { note } };
        var bill = new Bill { Lines = { line } };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<(object Model, object Origin)>();
        pizzeria.Receivers.AfterDelete<object>((model, deletion, _) => Told(told, (model, deletion.Origin)));

        context.Remove(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            new HashSet<(object, object)> { (bill, bill), (line, bill), (note, bill) },
            told.ToHashSet());
        Assert.Equal(3, told.Count);
    }

    [Fact]
    public async Task What_cascades_only_when_it_is_saved_is_told_too()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        context.ChangeTracker.CascadeDeleteTiming = CascadeTiming.OnSaveChanges;
        context.ChangeTracker.DeleteOrphansTiming = CascadeTiming.OnSaveChanges;
        var (gone, orphan) = (new BillLine { Text = "gone" }, new BillLine { Text = "orphan" });
        var (bill, other) = (new Bill { Lines = { gone } }, new Bill { Lines = { orphan } });
        context.AddRange(bill, other);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<(object Model, object Origin)>();
        pizzeria.Receivers.BeforeDelete<BillLine>((model, deletion, _) => Told(told, (model, deletion.Origin)));
        pizzeria.Receivers.AfterDelete<BillLine>((model, deletion, _) => Told(told, (model, deletion.Origin)));

        context.Remove(bill);
        other.Lines.Clear();
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(4, told.Count);
        Assert.Equal(new HashSet<(object, object)> { (gone, bill), (orphan, orphan) }, told.ToHashSet());
    }

    [Fact]
    public async Task What_is_taken_off_its_principal_is_its_own_origin()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var line = new BillLine { Text = "taken off" };
        var bill = new Bill { Lines = { line } };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<(object Model, object Origin)>();
        pizzeria.Receivers.BeforeDelete<BillLine>((model, deletion, _) => Told(told, (model, deletion.Origin)));

        bill.Lines.Clear();
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([(line, line)], told);
    }

    [Fact]
    public async Task A_receiver_that_throws_before_a_delete_stops_it()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "kept" };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        context.Remove(bill);

        using (pizzeria.Receivers.BeforeDelete<Bill>((_, _, _) => throw new FormatException("not paid")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(["bill__created"], await pizzeria.TakeNamesAsync());
        Assert.Equal(EntityState.Deleted, context.Entry(bill).State);
    }

    [Fact]
    public async Task What_a_receiver_saves_after_a_delete_is_part_of_it()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "archived" };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        pizzeria.Receivers.AfterDelete<Bill>(async (deleted, deletion, cancellation) =>
        {
            deletion.Using.Add(new Guest { Name = $"paid {deleted.Id}" });
            await deletion.Using.SaveChangesAsync(cancellation);
        });

        context.Remove(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["bill__created", "bill__deleted", "guest__created"], await pizzeria.TakeNamesAsync());
        Assert.True(await context.Guests.AnyAsync(g => g.Name == $"paid {bill.Id}", Cancellation));
    }

    [Fact]
    public async Task What_a_receiver_deletes_before_a_save_is_told_as_a_delete_too()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "empty" };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<string>();
        pizzeria.Receivers.BeforeSave<Bill>((saved, save, _) =>
        {
            save.Using.Remove(saved);
            return Told(told, "save");
        });
        pizzeria.Receivers.BeforeDelete<Bill>((_, _, _) => Told(told, "delete"));
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => Told(told, "saved"));
        pizzeria.Receivers.AfterDelete<Bill>((_, _, _) => Told(told, "deleted"));

        bill.Total = 0.5m;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["save", "delete", "deleted"], told);
    }

    private static Task Told<T>(List<T> told, T one)
    {
        told.Add(one);
        return Task.CompletedTask;
    }
}

public sealed class PostgreSqlDeleteTests(PostgreSqlPizzeria fixture) : DeleteContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemoryDeleteTests(InMemoryPizzeria fixture) : DeleteContract<InMemoryPizzeria>(fixture);
