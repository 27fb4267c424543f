using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>What is told where instances take the place of others: values are compared, whatever EF Core's states say.</summary>
public abstract partial class ChangeContract<TFixture>
{
    [Fact]
    public async Task An_instance_replaced_by_an_equal_one_is_no_change()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var before = new Setting { Key = "equal", Value = "a" };
        context.Add(before);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(before);
        context.AddRange(new Setting { Key = "equal", Value = "a" }, new Setting { Key = "beside it" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task An_owned_instance_replaced_by_an_equal_one_is_no_change()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Name = "Ann", Address = NewAddress(), Phones = { new Phone { Number = "1" } } };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        customer.Name = "Bob";
        customer.Address = NewAddress();
        customer.Contact = new Contact();
        await context.SaveChangesAsync(Cancellation);
        customer.Address = NewAddress();
        customer.Address.Country!.Code = "fr";
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["name", "address"], (await store.TakeEventsAsync()).Select(e => e.Headers[EventHeaders.Changed]));

        static Address NewAddress() => new() { Street = "Elm", Country = new Country { Code = "de" } };
    }

    [Fact]
    public async Task Instances_of_a_graph_that_replace_others_with_their_keys_tell_what_differs()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "graph", Lines = { new OrderLine { Article = "a" } } };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        var id = order.Lines[0].Id;
        order.Lines.Clear();
        order.Lines.Add(new OrderLine { Id = id, Article = "b" });
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(
            ("order_line__updated", $"{id}", "article"), (updated.Name, updated.Key, updated.Headers[EventHeaders.Changed]));
    }

    [Fact]
    public async Task A_detached_instance_that_joins_a_graph_says_that_the_values_before_are_not_known()
    {
        var store = Fixture.CreateStore();
        var order = new Order { Number = "joined", Lines = { new OrderLine { Article = "a" } } };
        await using (var context = store.NewContext())
        {
            context.Add(order);
            await context.SaveChangesAsync(Cancellation);
            await store.TakeEventsAsync();
        }

        await using (var context = store.NewContext())
        {
            var found = await context.Orders.SingleAsync(o => o.Id == order.Id, Cancellation);
            found.Lines.Add(new OrderLine { Id = order.Lines[0].Id, Article = "b" });
            await context.SaveChangesAsync(Cancellation);
        }

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal("order_line__updated", updated.Name);
        Assert.Equal(ChangedOfDetached == "*" ? "*" : "article", updated.Headers[EventHeaders.Changed]);
    }

    [Fact]
    public async Task An_instance_that_was_loaded_and_is_written_whole_tells_what_differs()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Name = "Ann", Address = new Address { Street = "Elm" } };
        context.Add(customer);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        customer.Name = "Bob";
        context.Update(customer);
        await context.SaveChangesAsync(Cancellation);
        customer.Address.Street = "Oak";
        context.Update(customer);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["name", "address"], (await store.TakeEventsAsync()).Select(e => e.Headers[EventHeaders.Changed]));
    }

    [Fact]
    public async Task A_status_that_changes_with_the_instance_is_told()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "status replaced" };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(order);
        var other = new Order { Id = order.Id, Number = order.Number, Status = OrderStatus.InTransit };
        context.Add(other);
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(
            ("order__in_transit", "status", "new"),
            (updated.Name, updated.Headers[EventHeaders.Changed], updated.Headers[EventHeaders.PreviousStatus]));
    }

    [Fact]
    public async Task A_status_that_may_have_changed_names_the_event()
    {
        var store = Fixture.CreateStore();
        var order = new Order { Number = "status detached" };
        await using (var context = store.NewContext())
        {
            context.Add(order);
            await context.SaveChangesAsync(Cancellation);
            await store.TakeEventsAsync();
        }

        await using (var context = store.NewContext())
        {
            context.Update(new Order
            {
                Id = order.Id,
                Number = order.Number,
                Status = OrderStatus.InTransit,
                Version = order.Version,
            });
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(["order__in_transit"], await store.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_body_has_what_was_stored(bool inTransaction)
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Id = Guid.CreateVersion7(), Name = "Ann" };
        var order = new Order { Number = "stored", Customer = customer, Lines = { new OrderLine { Article = "a" } } };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        await using var transaction = inTransaction ? await context.Database.BeginTransactionAsync(Cancellation) : null;
        order.Customer = null;
        order.Number = "not stored";
        order.Lines[0].Article = "b";
        context.ChangeTracker.DetectChanges();
        context.Remove(order);
        await context.SaveChangesAsync(Cancellation);
        if (transaction is not null)
            await transaction.CommitAsync(Cancellation);

        var deleted = (await store.TakeEventsAsync()).ToDictionary(e => e.Name, CapturedStore.Body);
        Assert.Equal($"{customer.Id}", (string?)deleted["order__deleted"]["customer_id"]);
        Assert.Equal("stored", (string?)deleted["order__deleted"]["number"]);
        Assert.Equal("a", (string?)deleted["order_line__deleted"]["article"]);
        Assert.Null(order.CustomerId);
    }
}
