using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Something of everything, saved and then changed in every way there is.</summary>
internal sealed class Menu
{
    private readonly Guest _moved = new() { Name = "moved", Address = new Address { Street = "Elm" }, Contact = { Email = "a" } };
    private readonly Guest _picky = new()
    {
        Name = "picky",
        Stamps = [new Stamp { Shop = "a" }, new Stamp { Shop = "b" }],
        Phones = { new Phone { Number = "1" }, new Phone { Number = "2" } },
        Taste = new Taste { Favourite = "pizza", Dislikes = { new Dislike { Name = "olives" }, new Dislike { Name = "capers" } } },
    };

    private readonly Guest _homeless = new()
    {
        Name = "homeless",
        Address = new Address { Street = "Oak" },
        Mood = new Mood { Name = "calm" },
    };

    private readonly Topping _ham = new() { Name = "ham" };
    private readonly Topping _kale = new() { Name = "kale" };
    private readonly Topping _nuts = new() { Name = "nuts" };
    private readonly Pizza _pizza = new() { Name = "pizza" };
    private readonly Bill _paid = new() { Table = "paid", Lines = { new BillLine { Text = "deleted with it" } } };
    private readonly Bill _open = new() { Table = "open", Lines = { new BillLine { Text = "taken off" } } };
    private readonly Bill _new = new() { Table = "new", Lines = { new BillLine { Text = "new" } } };
    private readonly Pizza _special = new() { Name = "special" };

    public static async Task<Menu> SaveAsync(PizzeriaContext context, CancellationToken cancellation)
    {
        var menu = new Menu();
        menu._pizza.Toppings.AddRange([menu._ham, menu._kale]);
        context.AddRange(menu._moved, menu._picky, menu._homeless, menu._pizza, menu._nuts, menu._paid, menu._open);
        await context.SaveChangesAsync(cancellation);
        return menu;
    }

    public void ChangeEverything(PizzeriaContext context)
    {
        _moved.Name = "moved away";
        _moved.Address = new Address { Street = "Ash" };
        _moved.Contact.Email = "b";
        _moved.Mood = new Mood { Name = "glad", Degree = 3 };
        _homeless.Mood = null;
        _homeless.Address = null;
        _picky.Phones.RemoveAt(0);
        _picky.Phones[0].Number = "22";
        _picky.Phones.Add(new Phone { Number = "3" });
        _pizza.Toppings.Remove(_ham);
        _pizza.Toppings.Add(_nuts);
        context.Remove(_paid);
        _open.Lines.Clear();
        _special.Toppings.Add(_kale);
        context.AddRange(_new, _special);
    }

    /// <summary>EF Core numbers what it keeps as JSON anew while it saves.</summary>
    public void ChangeJson()
    {
        _picky.Stamps.RemoveAt(0);
        _picky.Stamps.Add(new Stamp { Shop = "c" });
        _picky.Taste!.Favourite = "pasta";
        _picky.Taste.Dislikes.RemoveAt(0);
        _picky.Taste.Dislikes.Add(new Dislike { Name = "nuts" });
    }

    public async Task AssertJsonChangedAsync(PizzeriaContext fresh, CancellationToken cancellation)
    {
        var picky = await fresh.Guests.SingleAsync(g => g.Id == _picky.Id, cancellation);
        Assert.Equal(["b", "c"], picky.Stamps.Select(stamp => stamp.Shop));
        Assert.Equal("pasta", picky.Taste!.Favourite);
        Assert.Equal(["capers", "nuts"], picky.Taste.Dislikes.Select(dislike => dislike.Name).Order());
    }

    public async Task AssertChangedAsync(PizzeriaContext fresh, CancellationToken cancellation)
    {
        var moved = await fresh.Guests.SingleAsync(g => g.Id == _moved.Id, cancellation);
        Assert.Equal(("moved away", "Ash", "b", 0), (moved.Name, moved.Address!.Street, moved.Contact.Email, moved.Visits));
        var picky = await fresh.Guests.SingleAsync(g => g.Id == _picky.Id, cancellation);
        Assert.Equal(["22", "3"], picky.Phones.Select(phone => phone.Number).Order());
        Assert.Equal(new Mood { Name = "glad", Degree = 3 }, moved.Mood);
        var homeless = await fresh.Guests.SingleAsync(g => g.Id == _homeless.Id, cancellation);
        Assert.Equal((null, null), (homeless.Address, homeless.Mood));
        var pizza = await fresh.Pizzas.Include(p => p.Toppings).SingleAsync(p => p.Id == _pizza.Id, cancellation);
        Assert.Equal(["kale", "nuts"], pizza.Toppings.Select(t => t.Name).Order());
        var special = await fresh.Pizzas.Include(p => p.Toppings).SingleAsync(p => p.Id == _special.Id, cancellation);
        Assert.Equal(["kale"], special.Toppings.Select(t => t.Name));
        Assert.False(await fresh.Bills.AnyAsync(b => b.Id == _paid.Id, cancellation));
        Assert.Empty((await fresh.Bills.Include(b => b.Lines).SingleAsync(b => b.Id == _open.Id, cancellation)).Lines);
        var added = await fresh.Bills.Include(b => b.Lines).SingleAsync(b => b.Id == _new.Id, cancellation);
        Assert.Equal((0, "new"), (added.Total, Assert.Single(added.Lines).Text));
    }
}
