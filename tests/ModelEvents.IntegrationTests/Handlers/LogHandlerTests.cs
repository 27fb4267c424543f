namespace ModelEvents.Tests.Handlers;

/// <summary>Handlers of changes that are captured from the database's log.</summary>
public sealed class LogHandlerTests
{
    [Fact]
    public async Task Rows_that_somebody_else_writes_are_handled_as_their_events_are_wanted()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Wal);
        warehouse.Mailer.Wants = name => name == "item__deleted";
        warehouse.Packer.Wants = name => name != "item__created";
        warehouse.Configure = options => (options.Capture, options.Wal.SetUp) = (CaptureSource.Log, true);
        await warehouse.StartAsync();

        await warehouse.Database.ExecuteAsync(
            """
            INSERT INTO "Items" ("Name", "Count") VALUES ('lamp', 1);
            UPDATE "Items" SET "Count" = 2;
            DELETE FROM "Items";
            """);
        await warehouse.MoveAsync("last");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 3 && warehouse.Mailer.Handled.Count == 1);

        Assert.Equal(["item__deleted", "item__updated", "warehouse.moved"], warehouse.Packer.Names.Order());
        Assert.Equal(["item__deleted"], warehouse.Mailer.Names);
        Assert.Equal(
            warehouse.Packer.Handled.Single(e => e.Name == "item__deleted").Id, warehouse.Mailer.Handled[0].Id);
    }

    [Fact]
    public async Task With_a_broker_rows_reach_it_and_handlers()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Wal, hasBroker: true);
        warehouse.Mailer.Wants = _ => false;
        warehouse.Configure = options => (options.Capture, options.Wal.SetUp) = (CaptureSource.Log, true);
        await warehouse.StartAsync();

        await warehouse.SaveAsync(new Item { Name = "lamp" });
        await warehouse.Queue!.WaitForAsync(1);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1);

        Assert.Equal($"{warehouse.Packer.Handled[0].Id}", warehouse.Queue.Deliveries[0].Properties.MessageId);
        Assert.Equal(0, warehouse.Mailer.Calls);
    }
}
