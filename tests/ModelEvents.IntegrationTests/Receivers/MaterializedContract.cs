using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>What every provider promises about receivers of instances that queries make.</summary>
public abstract class MaterializedContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instances_are_told_with_their_properties_tracked_or_not()
    {
        var onlooker = new Onlooker();
        var pizzeria = await fixture.CreateAsync(
            services => services.AddModelReceiver<Onlooker>().AddSingleton(onlooker));
        await using (var context = pizzeria.NewContext())
        {
            context.AddRange(new Pizza { Name = "told" }, new Topping { Name = "told too" }, new Note { Text = "not named" });
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Empty(onlooker.Told);
        await using var fresh = pizzeria.NewContext();
        await fresh.Dishes.Where(d => d.Name == "told").ToListAsync(Cancellation);
        await fresh.Toppings.AsNoTracking().Where(t => t.Name == "told too").ToListAsync(Cancellation);
        await fresh.Notes.ToListAsync(Cancellation);

        Assert.Equal([("told", fresh), ("told too", fresh)], onlooker.Told);
    }

    [Fact]
    public async Task A_receiver_that_throws_fails_the_query()
    {
        var onlooker = new Onlooker { Failure = new FormatException("cannot look") };
        var pizzeria = await fixture.CreateAsync(
            services => services.AddModelReceiver<Onlooker>().AddSingleton(onlooker));
        await using (var context = pizzeria.NewContext())
        {
            context.Add(new Pasta { Name = "refused" });
            await context.SaveChangesAsync(Cancellation);
        }

        await using var fresh = pizzeria.NewContext();
        var failure = await Assert.ThrowsAsync<FormatException>(
            () => fresh.Dishes.Where(d => d.Name == "refused").ToListAsync(Cancellation));

        Assert.Same(onlooker.Failure, failure);
    }

    private sealed class Onlooker : IModelMaterialized<INamed>
    {
        public List<(string Name, DbContext Using)> Told { get; } = [];

        public Exception? Failure { get; init; }

        public void ModelMaterialized(INamed model, MaterializedContext materialized)
        {
            Told.Add((model.Name, materialized.Using));
            if (Failure is not null)
                throw Failure;
        }
    }
}

public sealed class PostgreSqlMaterializedTests(PostgreSqlPizzeria fixture) : MaterializedContract<PostgreSqlPizzeria>(fixture);

public sealed class InMemoryMaterializedTests(InMemoryPizzeria fixture) : MaterializedContract<InMemoryPizzeria>(fixture);
