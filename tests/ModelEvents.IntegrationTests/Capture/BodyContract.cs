using System.Text;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>What stands in the bodies of events.</summary>
public abstract class BodyContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture { get; } = fixture;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_default_body_has_every_mapped_property_and_the_generated_key()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var customer = new Customer { Id = Guid.CreateVersion7(), Name = "Zoë" };
        var order = new Order { Number = "n°1", Total = 12.50m, Status = OrderStatus.InTransit, Customer = customer };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);

        var body = (await store.TakeEventsAsync()).Single(e => e.Name == "order__in_transit").Body;
        Assert.True(order.Id > 0);
        Assert.Equal(
            $$"""{"id":{{order.Id}},"customer_id":"{{customer.Id}}","number":"n°1","status":"InTransit","total":12.50,"version":{{order.Version}}}""",
            Encoding.UTF8.GetString(body.Span));
    }

    [Fact]
    public async Task Dates_bytes_and_excluded_properties_are_written_as_documented()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        context.Add(new Invoice
        {
            Series = "S",
            Number = 1,
            Issued = new DateOnly(2026, 11, 20),
            Seal = [1, 2, 255],
            InternalNote = "secret",
        });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            """{"series":"S","number":1,"issued":"2026-11-20","seal":"AQL/"}""",
            Encoding.UTF8.GetString(Assert.Single(await store.TakeEventsAsync()).Body.Span));
    }

    [Fact]
    public async Task A_serializer_sees_generated_keys_on_the_instance_and_through_navigations()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Lines = { new OrderLine { Article = "x" }, new OrderLine { Article = "y" } } };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);

        var lines = (await store.TakeEventsAsync()).Where(e => e.Name == "order_line__created").ToList();
        var ids = order.Lines.Select(line => line.Id).ToArray();
        Assert.Equal(
            order.Lines.Select(line =>
                $$"""{"id":{{line.Id}},"order_id":{{order.Id}},"article":"{{line.Article}}","order_key":{{order.Id}},"line_ids":[{{ids[0]}},{{ids[1]}}]}"""),
            lines.Select(e => Encoding.UTF8.GetString(e.Body.Span)));
        Assert.Equal(ids.Select(id => $"{id}"), lines.Select(e => e.Key));
    }

    [Fact]
    public async Task A_failed_commit_leaves_the_instances_without_generated_keys()
    {
        var store = Fixture.CreateStore(interceptors: [new TransientFault(atCommit: true)]);
        await using var context = store.NewContext();
        var order = new Order { Lines = { new OrderLine { Article = "x" } } };

        context.Add(order);
        await Assert.ThrowsAsync<TransientException>(() => context.SaveChangesAsync(Cancellation));
        var (orderId, lineId) = (order.Id, order.Lines[0].Id);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((0, 0), (orderId, lineId));
        Assert.Equal(2, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task A_serializer_sees_generated_keys_when_the_changes_are_not_accepted()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var order = new Order { Lines = { new OrderLine { Article = "z" } } };

        context.Add(order);
        await context.SaveChangesAsync(acceptAllChangesOnSuccess: false, Cancellation);
        var untouched = order.Lines[0].Id;
        context.ChangeTracker.AcceptAllChanges();
        await transaction.CommitAsync(Cancellation);

        var body = CapturedStore.Body((await store.TakeEventsAsync()).Single(e => e.Name == "order_line__created"));
        Assert.Equal(0, untouched);
        Assert.Equal(order.Lines[0].Id, (int)body["id"]!);
        Assert.Equal(order.Id, (long)body["order_key"]!);
    }

    [Theory]
    [InlineData(PropertyNaming.CamelCase, "internalNote")]
    [InlineData(PropertyNaming.None, "InternalNote")]
    public async Task Property_naming_decides_the_names(PropertyNaming naming, string expected)
    {
        var store = Fixture.CreateStore(options =>
        {
            options.PropertyNaming = naming;
            options.Models.Clear();
            options.Model<Invoice>(m => m.Include(i => i.InternalNote));
        });
        await using var context = store.NewContext();
        context.Add(new Invoice { Series = naming.ToString(), Number = 2, InternalNote = "n" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            $$"""{"{{expected}}":"n"}""",
            Encoding.UTF8.GetString(Assert.Single(await store.TakeEventsAsync()).Body.Span));
    }
}
