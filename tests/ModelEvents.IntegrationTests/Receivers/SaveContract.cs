using System.Text;
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
    public async Task A_receiver_that_throws_before_a_save_stops_it_and_it_can_be_made_again()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var name = $"stopped {Guid.CreateVersion7()}";
        context.Add(new Guest { Name = name });

        using (pizzeria.Receivers.BeforeSave<Guest>((_, _, _) => throw new FormatException("no such guest")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        var afterRefusal = await context.Guests.CountAsync(g => g.Name == name, Cancellation);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(0, afterRefusal);
        Assert.Equal(["guest__created"], await pizzeria.TakeNamesAsync());
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
    public async Task An_update_tells_what_has_changed_before_and_after()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "old", Total = 1 };
        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<(bool Created, IReadOnlyList<ChangedProperty> Changed)>();
        pizzeria.Receivers.BeforeSave<Bill>((_, save, _) => Told(told, (save.Created, save.ChangedProperties)));
        pizzeria.Receivers.AfterSave<Bill>((_, save, _) => Told(told, (save.Created, save.ChangedProperties)));

        bill.Table = "new";
        bill.Total = 2;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(2, told.Count);
        Assert.All(told, call =>
        {
            Assert.False(call.Created);
            Assert.Equal(
                [new ChangedProperty("Table", "old", "new"), new ChangedProperty("Total", 1m, 2m)],
                call.Changed.OrderBy(changed => changed.Name));
        });
    }

    [Fact]
    public async Task A_change_of_what_is_owned_is_told_as_one_of_its_owner()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var guest = new Guest { Name = "owner", Address = new Address { Street = "Elm" } };
        context.Add(guest);
        await context.SaveChangesAsync(Cancellation);
        var told = new List<ChangedProperty>();
        pizzeria.Receivers.AfterSave<Guest>((_, save, _) =>
        {
            told.AddRange(save.ChangedProperties);
            Assert.True(save.HasChanged(nameof(Guest.Address)));
            return Task.CompletedTask;
        });

        guest.Address.Street = "Oak";
        await context.SaveChangesAsync(Cancellation);
        var (before, after) = (guest.Address, new Address { Street = "Ash" });
        guest.Address = after;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([new("Address.Street", "Elm", "Oak"), new("Address", before, after)], told);
    }

    [Fact]
    public async Task A_receiver_of_a_base_type_or_interface_is_called_for_all_models_of_it()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        pizzeria.Receivers.AfterSave<Dish>((dish, _, _) => Told(told, $"dish {dish.Name}"));
        pizzeria.Receivers.AfterSave<INamed>((named, _, _) => Told(told, $"named {named.Name}"));
        pizzeria.Receivers.AfterSave<Pizza>((pizza, _, _) => Told(told, $"pizza {pizza.Name}"));
        await using var context = pizzeria.NewContext();

        context.AddRange(new Pizza { Name = "a" }, new Pasta { Name = "b" }, new Topping { Name = "c" }, new Bill());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["dish a", "dish b", "named a", "named b", "named c", "pizza a"], told.Order());
    }

    [Fact]
    public async Task A_raw_save_says_so_and_the_saves_inside_of_it_are_not_raw()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<(string Model, bool Raw)>();
        pizzeria.Receivers.BeforeSave<Bill>((_, save, _) => Told(told, ("bill", save.Raw)));
        pizzeria.Receivers.AfterSave<Bill>(async (_, save, cancellation) =>
        {
            save.Using.Add(new Note());
            await save.Using.SaveChangesAsync(cancellation);
        });
        pizzeria.Receivers.AfterSave<Note>((_, save, _) => Told(told, ("note", save.Raw)));
        await using var context = pizzeria.NewContext();

        context.Add(new Bill());
        await context.SaveChangesRawAsync(Cancellation);
        context.Add(new Bill());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([("bill", true), ("note", false), ("bill", false), ("note", false)], told);
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
    public async Task A_receiver_that_waits_in_a_synchronous_save_is_told_how_to()
    {
        var pizzeria = await fixture.CreateAsync();
        var isCancelled = new TaskCompletionSource();
        pizzeria.Receivers.BeforeSave<Bill>(
            async (_, _, cancellation) =>
            {
                cancellation.Register(isCancelled.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            },
            new ReceiverOptions { Id = "the waiting one" });
        await using var context = pizzeria.NewContext();
        context.Add(new Bill());

        var failure = Assert.Throws<InvalidOperationException>(() => context.SaveChanges());

        Assert.Equal(
            "The receiver 'the waiting one' waits inside a synchronous save, which would block its thread. Call "
            + "'SaveChangesAsync', or let it use synchronous calls where 'IsAsync' is false.",
            failure.Message);
        await isCancelled.Task;
        Assert.Empty(await pizzeria.TakeEventsAsync());
    }

    [Fact]
    public async Task A_receiver_that_saves_what_it_is_called_for_ends_with_an_error_that_names_it()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(
            async (bill, save, cancellation) =>
            {
                bill.Total++;
                await save.Using.SaveChangesAsync(cancellation);
            },
            new ReceiverOptions { Id = "adder" });
        await using var context = pizzeria.NewContext();
        context.Add(new Bill { Table = "endless" });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(
            $"Receivers have saved more than 10 times inside of each other: "
            + $"{string.Join(" > ", Enumerable.Repeat("'adder'", 11))}. Let a receiver save only what is not yet as it "
            + "should be: ask 'Created', 'HasChanged' or the values themselves before.",
            failure.Message);
    }

    [Fact]
    public async Task A_receiver_that_saves_what_it_is_called_for_with_contexts_of_its_own_ends_with_an_error_too()
    {
        var pizzeria = await fixture.CreateAsync();
        var calls = 0;
        pizzeria.Receivers.BeforeSave<Note>(async (_, _, cancellation) =>
        {
            calls++;
            await using var other = pizzeria.NewContext();
            other.Add(new Note { Text = "endless" });
            await other.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        context.Add(new Note { Text = "endless" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(10, calls);
        Assert.False(await context.Notes.AnyAsync(n => n.Text == "endless", Cancellation));
    }

    [Fact]
    public async Task A_receiver_that_adds_to_every_save_what_it_is_called_for_ends_with_an_error_that_names_it()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.BeforeSave<Note>(
            (_, save, _) =>
            {
                save.Using.Add(new Note());
                return Task.CompletedTask;
            },
            new ReceiverOptions { Id = "multiplier" });
        await using var context = pizzeria.NewContext();
        context.Add(new Note());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.StartsWith(
            "Receivers have saved more than 10 times before a save, at last 'multiplier'.",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_robustly_is_collected_and_the_others_and_the_save_go_on()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        var robust = new ReceiverOptions { Id = "robust", Mode = SendMode.SendRobust };
        pizzeria.Receivers.BeforeSave<Bill>((_, _, _) => throw new FormatException("before"), robust);
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => throw new FormatException("after"), robust);
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => Told(told, "the next one"));
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "robust" };

        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["the next one"], told);
        Assert.Equal(["bill__created"], await pizzeria.TakeNamesAsync());
        Assert.Equal(
            [("robust", bill, "before"), ("robust", bill, "after")],
            context.ReceiverFailures().Select(f => (f.Receiver, (Bill)f.Model, f.Exception.Message)));
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

    [Fact]
    public async Task Nothing_is_told_of_a_save_without_changes()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<object>();
        pizzeria.Receivers.BeforeSave<object>((model, _, _) => Told(told, model));
        pizzeria.Receivers.AfterSave<object>((model, _, _) => Told(told, model));
        await using var context = pizzeria.NewContext();

        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(told);
    }

    private static Task Told<T>(List<T> told, T one)
    {
        told.Add(one);
        return Task.CompletedTask;
    }
}

public sealed class PostgreSqlSaveTests(PostgreSqlPizzeria fixture) : SaveContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemorySaveTests(InMemoryPizzeria fixture) : SaveContract<InMemoryPizzeria>(fixture);
