using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>Which changes become which events, with which key and headers.</summary>
public abstract partial class ChangeContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture { get; } = fixture;

    /// <summary>What is told of an update whose values before EF Core does not know.</summary>
    protected virtual string ChangedOfDetached => "*";

    /// <summary>Whether an update tells the links that its context has loaded.</summary>
    protected virtual bool TellsLoadedLinks => true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_inside_a_complex_type_is_told_under_its_name()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Name = "Bob", Contact = new Contact { Email = "b@x", Rating = 1 } };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        customer.Contact.Rating = 2;
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal("contact", updated.Headers[EventHeaders.Changed]);
        Assert.Equal("""{"email":"b@x","rating":2}""", CapturedStore.Body(updated)["contact"]!.ToJsonString());
    }

    [Fact]
    public async Task A_shadow_property_is_captured()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Name = "Cy" };
        context.Add(customer).Property("Note").CurrentValue = "hidden";
        await context.SaveChangesAsync(Cancellation);
        context.Entry(customer).Property("Note").CurrentValue = "seen";
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["hidden", "seen"], events.Select(e => (string?)CapturedStore.Body(e)["note"]));
        Assert.Equal("note", events[1].Headers[EventHeaders.Changed]);
    }

    [Fact]
    public async Task An_update_of_the_concurrency_token_alone_is_no_event()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "token" };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Entry(order).Property(o => o.Version).IsModified = true;
        context.Add(new Setting { Key = "beside the token" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task An_update_of_a_detached_instance_says_that_the_values_before_are_not_known()
    {
        var store = Fixture.CreateStore();
        await using (var context = store.NewContext())
        {
            context.Add(new Setting { Key = "detached", Value = "a" });
            await context.SaveChangesAsync(Cancellation);
            await store.TakeEventsAsync();
        }

        await using (var context = store.NewContext())
        {
            context.Update(new Setting { Key = "detached", Value = "b" });
            await context.SaveChangesAsync(Cancellation);
        }

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(ChangedOfDetached, updated.Headers[EventHeaders.Changed]);
        Assert.Equal("b", (string?)CapturedStore.Body(updated)["value"]);
    }

    [Fact]
    public async Task A_save_that_changes_nothing_publishes_nothing()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var setting = new Setting { Key = "same", Value = "a" };
        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        setting.Value = "b";
        setting.Value = "a";
        Assert.Equal(0, await context.SaveChangesAsync(Cancellation));

        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task The_most_derived_listed_model_names_the_event_and_its_base_otherwise()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        context.Add(new Truck { Plate = "T", Axles = 3 });
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Car { Plate = "C", Seats = 5 });
        await context.SaveChangesAsync(Cancellation);
        var dog = new Dog { Name = "Rex", Breed = "pug" };
        context.Add(dog);
        await context.SaveChangesAsync(Cancellation);
        dog.Breed = "boxer";
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Circle { Radius = 1.5 });
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            ["truck__created", "vehicle__created", "animal__created", "animal__updated", "shape__created"],
            events.Select(e => e.Name));
        Assert.Equal(typeof(Vehicle).FullName, events[1].Model);
        Assert.Equal(5, (int)CapturedStore.Body(events[1])["seats"]!);
        Assert.Equal("boxer", (string?)CapturedStore.Body(events[3])["breed"]);
        Assert.Equal(1.5, (double)CapturedStore.Body(events[4])["radius"]!);
    }

    [Fact]
    public async Task An_instance_that_takes_the_key_of_another_model_in_one_save_is_a_delete_and_a_create()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var vehicle = new Vehicle { Plate = "old" };
        context.Add(vehicle);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(vehicle);
        context.Add(new Truck { Id = vehicle.Id, Plate = "new", Axles = 2 });
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            [("vehicle__deleted", $"{vehicle.Id}", "old"), ("truck__created", $"{vehicle.Id}", "new")],
            events.Select(e => (e.Name, e.Key, (string?)CapturedStore.Body(e)["plate"])));
    }

    [Fact]
    public async Task Keys_are_told_as_they_are_stored()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Id = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000") };
        context.AddRange(
            customer,
            new Invoice { Series = "A\"1", Number = 7 },
            new Setting { Key = "größe" },
            new Box { Id = new BoxId(42) });
        await context.SaveChangesAsync(Cancellation);

        var keys = (await store.TakeEventsAsync()).ToDictionary(e => e.Name, e => e.Key);
        Assert.Equal("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000", keys["customer__created"]);
        Assert.Equal("""["A\u00221",7]""", keys["invoice__created"]);
        Assert.Equal("größe", keys["setting__created"]);
        Assert.Equal("42", keys["box__new"]);
    }

    [Fact]
    public async Task A_status_that_changes_names_the_event_and_tells_the_previous_one()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "status" };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        order.Total = 1;
        await context.SaveChangesAsync(Cancellation);
        order.Status = OrderStatus.InTransit;
        await context.SaveChangesAsync(Cancellation);
        context.Remove(order);
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["order__new", "order__updated", "order__in_transit", "order__deleted"], events.Select(e => e.Name));
        Assert.Equal("new", events[2].Headers[EventHeaders.PreviousStatus]);
        Assert.Equal("status", events[2].Headers[EventHeaders.Changed]);
        Assert.Equal("InTransit", (string?)CapturedStore.Body(events[2])["status"]);
    }

    [Fact]
    public async Task A_status_model_publishes_its_status_on_every_update_by_default()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var box = new Box { Id = new BoxId(5), Status = OrderStatus.Delivered };
        context.Add(box);
        await context.SaveChangesAsync(Cancellation);
        box.Label = "again";
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["box__delivered", "box__delivered"], events.Select(e => e.Name));
        Assert.Equal(2, (int)CapturedStore.Body(events[1])["status"]!);
    }

    [Fact]
    public async Task An_instance_replaced_by_another_with_its_key_is_an_update()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var before = new Setting { Key = "replaced", Value = "a" };
        context.Add(before);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(before);
        context.Add(new Setting { Key = "replaced", Value = "b" });
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(("setting__updated", "value"), (updated.Name, updated.Headers[EventHeaders.Changed]));
    }
}
