using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Classes as receivers: of several kinds and models at once, derived, closed from generic ones, in their order.</summary>
public abstract class ClassContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_class_receives_all_that_it_implements()
    {
        var told = new Journal();
        var pizzeria = await fixture.CreateAsync(services => services
            .AddModelReceiver<AllRound>().AddModelReceiver<AllRound>().AddSingleton(told));
        await using var context = pizzeria.NewContext();
        var pizza = new Pizza { Name = "pizza" };

        context.Add(pizza);
        await context.SaveChangesAsync(Cancellation);
        pizza.Toppings.Add(new Topping());
        await context.SaveChangesAsync(Cancellation);
        context.ChangeTracker.Clear();
        context.Remove((await context.Pizzas.FindAsync([pizza.Id], Cancellation))!);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                "before save", "after save", "links PreAdd", "links PostAdd", "materialized", "before delete", "after delete",
            ],
            told);
    }

    [Fact]
    public async Task Classes_have_their_turn_by_their_order_and_then_by_registration()
    {
        var told = new Journal();
        var pizzeria = await fixture.CreateAsync(services => services.AddSingleton(told)
            .AddModelReceiver<Signing<Dish>>().AddModelReceiver<Early>().AddModelReceiver<Signing<INamed>>());
        pizzeria.Receivers.BeforeSave<Pasta>((_, _, _) => told.NoteAsync("delegate"));
        await using var context = pizzeria.NewContext();

        context.Add(new Pasta());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["early Pasta", "Dish", "INamed", "delegate"], told);
    }

    private sealed class Journal : List<string>
    {
        public Task NoteAsync(string told)
        {
            Add(told);
            return Task.CompletedTask;
        }
    }

    private sealed class AllRound(Journal told)
        : IBeforeSave<Pizza>, IAfterSave<Pizza>, IBeforeDelete<Pizza>, IAfterDelete<Pizza>, ILinksChanged<Pizza>,
            IModelMaterialized<Pizza>
    {
        public Task BeforeSaveAsync(Pizza model, SaveContext save, CancellationToken cancellationToken) =>
            told.NoteAsync("before save");

        public Task AfterSaveAsync(Pizza model, SaveContext save, CancellationToken cancellationToken) =>
            told.NoteAsync("after save");

        public Task BeforeDeleteAsync(Pizza model, DeleteContext deletion, CancellationToken cancellationToken) =>
            told.NoteAsync("before delete");

        public Task AfterDeleteAsync(Pizza model, DeleteContext deletion, CancellationToken cancellationToken) =>
            told.NoteAsync("after delete");

        public Task LinksChangedAsync(Pizza model, LinksContext links, CancellationToken cancellationToken) =>
            told.NoteAsync($"links {links.Action}");

        public void ModelMaterialized(Pizza model, MaterializedContext materialized) => told.Add("materialized");
    }

    private class Signing<T>(Journal told) : IBeforeSave<T>
    {
        public virtual Task BeforeSaveAsync(T model, SaveContext save, CancellationToken cancellationToken) =>
            told.NoteAsync(typeof(T).Name);
    }

    [Order(-1)]
    private sealed class Early(Journal told) : Signing<Pasta>(told)
    {
        private readonly Journal _told = told;

        public override Task BeforeSaveAsync(Pasta model, SaveContext save, CancellationToken cancellationToken) =>
            _told.NoteAsync("early Pasta");
    }
}

public sealed class PostgreSqlClassTests(PostgreSqlPizzeria fixture) : ClassContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemoryClassTests(InMemoryPizzeria fixture) : ClassContract<InMemoryPizzeria>(fixture);
