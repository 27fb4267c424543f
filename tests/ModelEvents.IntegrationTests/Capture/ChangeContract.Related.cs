using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public abstract partial class ChangeContract<TFixture>
{
    [Fact]
    public async Task A_change_inside_owned_types_is_one_update_of_the_owner()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer
        {
            Name = "Ann",
            Address = new Address { Street = "Elm", Country = new Country { Code = "de" } },
            Phones = { new Phone { Number = "1" } },
        };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        var created = Assert.Single(await store.TakeEventsAsync());

        customer.Address.Street = "Oak";
        customer.Address.Country.Code = "fr";
        customer.Phones.Add(new Phone { Number = "2" });
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal("customer__created", created.Name);
        Assert.Equal(("customer__updated", customer.Id.ToString()), (updated.Name, updated.Key));
        Assert.Equal("address,phones", updated.Headers[EventHeaders.Changed]);
        Assert.Equal("""{"street":"Oak","country":{"code":"fr"}}""", CapturedStore.Body(updated)["address"]!.ToJsonString());
        Assert.Equal("""[{"number":"1"},{"number":"2"}]""", CapturedStore.Body(updated)["phones"]!.ToJsonString());
    }

    [Fact]
    public async Task An_owned_instance_that_is_removed_or_replaced_updates_its_owner()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Address = new Address { Street = "Elm" }, Phones = { new Phone { Number = "1" } } };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        customer.Address = new Address { Street = "New" };
        await context.SaveChangesAsync(Cancellation);
        customer.Address = null;
        customer.Phones.Clear();
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["address", "address,phones"], events.Select(e => e.Headers[EventHeaders.Changed]));
        Assert.Null(CapturedStore.Body(events[1])["address"]);
    }

    [Fact]
    public async Task A_link_change_updates_the_owner_with_the_keys_added_and_removed()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        Tag red = new() { Word = "red" }, blue = new() { Word = "blue" };
        var product = new Product { Name = "Chair", Tags = { red } };
        context.AddRange(product, blue);
        await context.SaveChangesAsync(Cancellation);
        var created = Assert.Single(await store.TakeEventsAsync());

        product.Tags.Remove(red);
        product.Tags.Add(blue);
        product.Tags.Add(new Tag { Word = "new" });
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        var fresh = product.Tags.Single(tag => tag.Word == "new").Id;
        Assert.Equal($"[{red.Id}]", CapturedStore.Body(created)["tags"]!.ToJsonString());
        Assert.Equal(("product__updated", "tags"), (updated.Name, updated.Headers[EventHeaders.Changed]));
        var links = System.Text.Json.Nodes.JsonNode.Parse(updated.Headers[EventHeaders.Links])!["tags"]!;
        Assert.Equal(
            new[] { $"{blue.Id}", $"{fresh}" }.Order(), links["added"]!.AsArray().Select(key => (string)key!).Order());
        Assert.Equal([$"{red.Id}"], links["removed"]!.AsArray().Select(key => (string)key!));
    }

    [Fact]
    public async Task Links_that_were_not_loaded_are_left_out_of_the_body()
    {
        var store = Fixture.CreateStore();
        int id;
        await using (var context = store.NewContext())
        {
            var product = new Product { Name = "Table", Tags = { new Tag { Word = "oak" } } };
            context.Add(product);
            await context.SaveChangesAsync(Cancellation);
            id = product.Id;
            await store.TakeEventsAsync();
        }

        await using (var context = store.NewContext())
        {
            (await context.Products.SingleAsync(p => p.Id == id, Cancellation)).Name = "Desk";
            await context.SaveChangesAsync(Cancellation);
        }

        await using (var context = store.NewContext())
        {
            (await context.Products.Include(p => p.Tags).SingleAsync(p => p.Id == id, Cancellation)).Name = "Bench";
            await context.SaveChangesAsync(Cancellation);
        }

        var events = await store.TakeEventsAsync();
        Assert.False(CapturedStore.Body(events[0]).AsObject().ContainsKey("tags"));
        Assert.Equal(TellsLoadedLinks ? 1 : null, CapturedStore.Body(events[1])["tags"]?.AsArray().Count);
    }

    [Fact]
    public async Task Tracked_cascade_deletes_are_one_deleted_each()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Lines = { new OrderLine { Article = "a" }, new OrderLine { Article = "b" } } };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(order);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            ["order__deleted", "order_line__deleted", "order_line__deleted"], (await store.TakeNamesAsync()).Order());
    }

    [Fact]
    public async Task Cascades_at_save_time_from_an_unlisted_change_are_captured_too()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        context.ChangeTracker.CascadeDeleteTiming = Microsoft.EntityFrameworkCore.ChangeTracking.CascadeTiming.OnSaveChanges;
        var order = new Order { Lines = { new OrderLine { Article = "late" } } };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(order);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["order__deleted", "order_line__deleted"], (await store.TakeNamesAsync()).Order());
    }
}
