using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Handlers;

/// <summary>Which events reach which handlers, wherever they wait.</summary>
public abstract class HandlerContract(HandlerEngine engine)
{
    private const int WantsFailed = 1402;

    protected HandlerEngine Engine => engine;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_committed_change_is_handled_by_every_handler_that_wants_it()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Mailer.Wants = name => name == "item__updated";
        await warehouse.StartAsync();

        var item = await warehouse.SaveAsync(new Item { Name = "lamp" });
        item.Count = 3;
        await warehouse.SaveAsync(item);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 2 && warehouse.Mailer.Handled.Count == 1);

        Assert.Equal(["item__created", "item__updated"], warehouse.Packer.Names);
        var mailed = Assert.Single(warehouse.Mailer.Handled);
        Assert.Equal(("item__updated", $"{item.Id}"), (mailed.Name, mailed.Key));
        Assert.Equal(warehouse.Packer.Handled[1].Id, mailed.Id);
        Assert.Contains("\"count\":3", System.Text.Encoding.UTF8.GetString(mailed.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_rolls_back_is_not_handled()
    {
        await using var warehouse = await Warehouse.StartAsync(engine);
        if (engine != HandlerEngine.Memory)
        {
            await using var scope = warehouse.Services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<WarehouseContext>();
            await using var transaction = await context.Database.BeginTransactionAsync(Token);
            context.Add(new Item { Name = "undone" });
            await context.SaveChangesAsync(Token);
            await transaction.RollbackAsync(Token);
        }

        await warehouse.MoveAsync("last");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count > 0 && warehouse.Mailer.Handled.Count > 0);

        Assert.Equal(["last"], warehouse.Packer.Keys);
        Assert.Equal(["last"], warehouse.Mailer.Keys);
    }

    [Fact]
    public async Task Own_events_and_those_of_rules_are_handled_too()
    {
        await using var warehouse = await Warehouse.StartAsync(engine);
        await using var scope = warehouse.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ITriggerRules>().CreateAsync(
            TriggerRuleTypes.Change,
            "scarce",
            """{ "model": "Item", "condition": { "field": "count", "op": "<", "value": 2 } }""",
            cancellationToken: Token);

        await warehouse.SaveAsync(new Item { Name = "lamp", Count = 1 });
        await warehouse.MoveAsync("shelf 7");
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 3 && warehouse.Packer.Handled.Count == 3);

        Assert.Equal(["item__created", "trigger__scarce", "warehouse.moved"], warehouse.Mailer.Names.Order());
        Assert.Equal(["item__created", "trigger__scarce", "warehouse.moved"], warehouse.Packer.Names.Order());
    }

    [Fact]
    public async Task With_a_broker_it_gets_every_event_and_handlers_get_what_they_want()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.Packer.Wants = name => name == "warehouse.moved";
        warehouse.Mailer.Wants = _ => false;
        await warehouse.StartAsync();

        await warehouse.SaveAsync(new Item { Name = "lamp" });
        await warehouse.MoveAsync("a");
        await warehouse.Queue!.WaitForAsync(2);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1);

        Assert.Equal(["item__created", "warehouse.moved"], warehouse.Queue.Deliveries.Select(one => one.RoutingKey).Order());
        Assert.Equal(["warehouse.moved"], warehouse.Packer.Names);
        Assert.Equal(
            $"{warehouse.Packer.Handled[0].Id}",
            warehouse.Queue.Deliveries.Single(one => one.RoutingKey == "warehouse.moved").Properties.MessageId);
        Assert.Equal(0, warehouse.Mailer.Calls);
    }

    [Fact]
    public async Task A_handler_that_fails_when_it_is_asked_gets_the_event_and_is_told_once()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Packer.Wants = _ => throw new FormatException("cannot say");
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a", "b");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 2);

        var told = Assert.Single(warehouse.Log.Lines(WantsFailed));
        Assert.Contains("'Packer'", told, StringComparison.Ordinal);
        Assert.Contains("'warehouse.moved'", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_event_has_an_instance_and_a_scope_of_its_own()
    {
        await using var warehouse = await Warehouse.StartAsync(engine);

        await warehouse.MoveAsync("a", "a", "b");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 3);

        Assert.Equal(3, warehouse.Packer.Instances.Distinct().Count());
        Assert.Equal(3, warehouse.Packer.Instances.Cast<Packer>().Select(packer => packer.Context).Distinct().Count());
    }

    [Fact]
    public async Task A_handler_saves_in_its_turn()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Packer.Wants = name => name == "warehouse.moved";
        warehouse.Packer.Handle = (e, _) => warehouse.SaveAsync(new Item { Name = e.Key });
        await warehouse.StartAsync();

        await warehouse.MoveAsync("lamp");
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 2);

        Assert.Equal(["item__created", "warehouse.moved"], warehouse.Mailer.Names.Order());
    }
}
