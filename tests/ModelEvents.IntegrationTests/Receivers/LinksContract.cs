using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>The table of what is told of many-to-many links: six actions, from both sides.</summary>
public abstract class LinksContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(LinkChanges.Table), MemberType = typeof(LinkChanges))]
    public async Task A_change_of_toppings_is_told_forward(string change, string[] ownSide, string[] otherSide)
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var toppings = "abcd".Select(name => new Topping { Name = $"{name}" }).ToArray();
        var pizza = new Pizza { Toppings = { toppings[0], toppings[1] } };
        context.AddRange([pizza, .. toppings]);
        await context.SaveChangesAsync(Cancellation);
        var (forward, reverse) = Record(pizzeria);

        LinkChanges.Make(change, pizza.Toppings, toppings);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(ownSide, forward.Select(call => call.Text));
        Assert.Equal(otherSide, reverse.Select(call => $"{call.Action}"));
        Assert.All(forward, call => Assert.Equal((pizza, false, "Toppings", typeof(Topping)), call.Side));
        Assert.All(forward, call => Assert.Equal(call.Others.Cast<Topping>().Select(t => (object)t.Id), call.Keys));
        Assert.All(reverse, call => Assert.Equal((call.Model, true, "Pizzas", typeof(Pizza)), call.Side));
        Assert.All(reverse, call => Assert.Equal((pizza.Id, pizza), (Assert.Single(call.Keys), Assert.Single(call.Others))));
    }

    [Theory]
    [MemberData(nameof(LinkChanges.Table), MemberType = typeof(LinkChanges))]
    public async Task A_change_of_pizzas_is_told_in_reverse(string change, string[] ownSide, string[] otherSide)
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var pizzas = "abcd".Select(name => new Pizza { Name = $"{name}" }).ToArray();
        var topping = new Topping { Pizzas = { pizzas[0], pizzas[1] } };
        context.AddRange([topping, .. pizzas]);
        await context.SaveChangesAsync(Cancellation);
        var (forward, reverse) = Record(pizzeria);

        LinkChanges.Make(change, topping.Pizzas, pizzas);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(ownSide, reverse.Select(call => call.Text));
        Assert.Equal(otherSide, forward.Select(call => $"{call.Action}"));
        Assert.All(reverse, call => Assert.Equal((topping, true, "Pizzas", typeof(Pizza)), call.Side));
        Assert.All(reverse, call => Assert.Equal(call.Others.Cast<Pizza>().Select(p => (object)p.Id), call.Keys));
        Assert.All(forward, call => Assert.Equal((call.Model, false, "Toppings", typeof(Topping)), call.Side));
        Assert.All(forward, call => Assert.Equal((topping.Id, topping), (Assert.Single(call.Keys), Assert.Single(call.Others))));
    }

    [Fact]
    public async Task Keys_that_the_database_generates_are_told_after_the_save()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<(LinkAction Action, object[] Keys, object[] Others)>();
        pizzeria.Receivers.LinksChanged<Pizza>((_, links, _) =>
            Told(told, (links.Action, links.Keys.ToArray(), links.Others.ToArray())));
        await using var context = pizzeria.NewContext();
        var topping = new Topping { Name = "new" };

        context.Add(new Pizza { Toppings = { topping } });
        await context.SaveChangesAsync(Cancellation);

        object[] keysBefore = fixture.IsRelational ? [] : [topping.Id];
        Assert.Equal([LinkAction.PreAdd, LinkAction.PostAdd], told.Select(call => call.Action));
        Assert.Equal(keysBefore, told[0].Keys);
        Assert.Equal([topping.Id], told[1].Keys);
        Assert.All(told, call => Assert.Equal([topping], call.Others));
    }

    [Fact]
    public async Task A_receiver_that_throws_stops_a_change_of_links()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var pizza = new Pizza { Name = "stopped", Toppings = { new Topping() } };
        context.Add(pizza);
        await context.SaveChangesAsync(Cancellation);
        pizza.Toppings.Clear();

        using (pizzeria.Receivers.LinksChanged<Pizza>((_, _, _) => throw new FormatException("never without")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        await using var fresh = pizzeria.NewContext();
        Assert.Single((await fresh.Pizzas.Include(p => p.Toppings).SingleAsync(p => p.Id == pizza.Id, Cancellation)).Toppings);
    }

    [Fact]
    public async Task A_link_that_goes_with_one_of_its_sides_is_not_told()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var pizza = new Pizza { Toppings = { new Topping(), new Topping() } };
        context.Add(pizza);
        await context.SaveChangesAsync(Cancellation);
        var (forward, reverse) = Record(pizzeria);

        context.Remove(pizza);
        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(forward);
        Assert.Empty(reverse);
    }

    private static (List<Call> Forward, List<Call> Reverse) Record(TestPizzeria pizzeria)
    {
        var (forward, reverse) = (new List<Call>(), new List<Call>());
        pizzeria.Receivers.LinksChanged<Pizza>((pizza, links, _) => Told(forward, Call.Of(pizza, links)));
        pizzeria.Receivers.LinksChanged<Topping>((topping, links, _) => Told(reverse, Call.Of(topping, links)));
        return (forward, reverse);
    }

    private static Task Told<T>(List<T> told, T one)
    {
        told.Add(one);
        return Task.CompletedTask;
    }

    /// <summary>What was told, read when it was.</summary>
    private sealed record Call(
        object Model, LinkAction Action, (object, bool, string, Type) Side, object[] Keys, object[] Others)
    {
        public string Text => $"{Action} {string.Join(',', Others.Cast<INamed>().Select(other => other.Name))}";

        public static Call Of(object model, LinksContext links) => new(
            model,
            links.Action,
            (model, links.Reverse, links.Navigation, links.OtherModel),
            [.. links.Keys.Order()],
            [.. links.Others.OrderBy(other => ((INamed)other).Name)]);
    }
}

public sealed class PostgreSqlLinksTests(PostgreSqlPizzeria fixture) : LinksContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemoryLinksTests(InMemoryPizzeria fixture) : LinksContract<InMemoryPizzeria>(fixture);
