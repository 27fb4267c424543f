using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Catalog;

namespace ModelEvents.Tests.Capture;

/// <summary>That what is captured is as the catalog says.</summary>
public sealed class CatalogTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_body_is_valid_by_its_schema(bool inTransaction)
    {
        var store = fixture.CreateStore();
        object[] instances = [.. Instances()];
        await using var context = store.NewContext();
        await using var transaction = inTransaction ? await context.Database.BeginTransactionAsync(Cancellation) : null;
        context.AddRange(instances);
        await context.SaveChangesAsync(Cancellation);
        foreach (var instance in instances)
            context.Update(instance);
        await context.SaveChangesAsync(Cancellation);
        context.RemoveRange(instances);
        await context.SaveChangesAsync(Cancellation);
        await (transaction?.CommitAsync(Cancellation) ?? Task.CompletedTask);

        var events = await store.TakeEventsAsync();

        Assert.Equal(3 * instances.Length, events.Count);
        var catalog = store.Services.GetRequiredService<IModelEventCatalog>();
        Assert.All(events, made => AssertIsKnown(catalog, made));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_deleted_model_owns_stands_in_the_body(bool inTransaction)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = inTransaction ? await context.Database.BeginTransactionAsync(Cancellation) : null;
        var customer = new Customer
        {
            Id = Guid.CreateVersion7(),
            Address = new Address { Street = "Main", Country = new Country { Code = "FR" } },
            Phones = { new Phone { Number = "1" } },
        };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        context.Remove(customer);
        await context.SaveChangesAsync(Cancellation);
        await (transaction?.CommitAsync(Cancellation) ?? Task.CompletedTask);

        var deleted = CapturedStore.Body((await store.TakeEventsAsync()).Single(made => made.Name == "customer__deleted"));

        Assert.Equal("""{"street":"Main","country":{"code":"FR"}}""", deleted["address"]!.ToJsonString());
        Assert.Equal("""[{"number":"1"}]""", deleted["phones"]!.ToJsonString());
    }

    private static IEnumerable<object> Instances() =>
    [
        new Order { Number = "1", Total = 1.5m, Status = OrderStatus.InTransit },
        new Customer { Id = Guid.CreateVersion7(), Name = "Zoë", Contact = new Contact { Email = "z@example.org" } },
        new Customer { Id = Guid.CreateVersion7(), Address = new Address(), Phones = { new Phone(), new Phone() } },
        new Product { Name = "with tags", Tags = { new Tag { Word = "a" }, new Tag { Word = "b" } } },
        new Vehicle { Plate = "A" },
        new Truck { Axles = 3 },
        new Car { Seats = 5 },
        new Dog { Name = "Rex", Breed = "?" },
        new Circle { Radius = 0.5 },
        new Invoice { Series = $"{Guid.CreateVersion7()}", Issued = new DateOnly(2026, 1, 2), Seal = [1] },
        new Setting { Key = $"{Guid.CreateVersion7()}" },
        new Box { Id = new BoxId(Random.Shared.Next()), Status = OrderStatus.Delivered },
    ];

    private static void AssertIsKnown(IModelEventCatalog catalog, ModelEvent made)
    {
        var known = Assert.Single(catalog.Events, known => known.Name == made.Name);
        using var body = JsonDocument.Parse(made.Body);
        Assert.Equal(known.Model, made.Model);
        Assert.Subset(known.Headers.Select(header => header.Name).ToHashSet(), made.Headers.Keys.ToHashSet());
        Assert.Empty(new SchemaChecker(known.BodySchema).MistakesIn(body.RootElement));
    }
}
