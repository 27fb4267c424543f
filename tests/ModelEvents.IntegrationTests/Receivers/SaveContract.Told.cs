using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

public abstract partial class SaveContract<TFixture>
{
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
    public async Task What_a_receiver_takes_out_of_a_save_is_not_told_to_others()
    {
        var pizzeria = await fixture.CreateAsync();
        var (bill, guest) = (new Bill(), new Guest { Name = "not to come" });
        var told = new List<object>();
        pizzeria.Receivers.BeforeSave<Bill>((_, save, _) =>
        {
            save.Using.Remove(guest);
            return Task.CompletedTask;
        });
        pizzeria.Receivers.BeforeSave<object>((model, _, _) => Told(told, model));
        pizzeria.Receivers.AfterSave<object>((model, _, _) => Told(told, model));
        await using var context = pizzeria.NewContext();

        context.AddRange(bill, guest);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([bill, bill], told);
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
}
