using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelEvents.Tests.Handlers;

/// <summary>What outlives a process, where events wait in a database.</summary>
public abstract partial class DurableHandlerContract(HandlerEngine engine)
{
    private const int UnknownHandler = 1405;
    private const int NoPublisher = 1406;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_of_a_handler_that_is_not_registered_any_more_are_kept_and_told_and_hold_back_nobody()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.Mailer.Handle = (_, _) => throw new TimeoutException("not yet");
        warehouse.Configure = options => (options.Dispatcher.RetryDelay, options.Dispatcher.MaxRetryDelay) =
            (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 1);
        await warehouse.StopAsync();

        warehouse.Register = builder => builder.AddEventHandler<Packer>();
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "b");
        await warehouse.UntilAsync(() => warehouse.Packer.Keys.Count(key => key == "b") == 1);
        await warehouse.UntilAsync(() => warehouse.Log.Lines(UnknownHandler).Length == 1);
        await warehouse.UntilAsync(async () => (await warehouse.HealthAsync()).Status == HealthStatus.Degraded);
        Assert.Contains("'Mailer', which is not registered", (await warehouse.HealthAsync()).Description, StringComparison.Ordinal);
        await warehouse.StopAsync();

        warehouse.Register = builder => builder.AddEventHandler<Packer>().AddEventHandler<Mailer>();
        warehouse.Mailer.Handle = (_, _) => Task.CompletedTask;
        await warehouse.StartAsync();
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 1);

        Assert.Single(warehouse.Log.Lines(UnknownHandler));
        Assert.Equal(["a"], warehouse.Mailer.Keys);
    }

    [Fact]
    public async Task A_process_that_stops_in_good_order_repeats_nothing_to_the_broker_that_handlers_have_yet_to_do()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.Mailer.Handle = (_, ct) => Task.Delay(Timeout.Infinite, ct);
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "b", "c", "a");
        await warehouse.Queue!.WaitForAsync(4);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 4);
        await warehouse.StopAsync();

        warehouse.Mailer.Handle = (_, _) => Task.CompletedTask;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("last");
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 5);
        await warehouse.Queue.WaitForAsync(5);

        Assert.Equal(5, (await warehouse.Queue.SoFarAsync()).Count);
        Assert.Equal(["a", "a", "b", "c", "last"], warehouse.Mailer.Keys.Order());
        Assert.Equal(["a", "a", "b", "c", "last"], warehouse.Packer.Keys.Order());
    }

    [Fact]
    public async Task Events_for_the_broker_are_kept_and_told_where_no_process_has_a_publisher()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.HasPublisher = false;
        warehouse.Configure = options => options.Dispatcher.Enabled = false;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "b");
        await warehouse.StopAsync();

        warehouse.Configure = _ => { };
        await warehouse.StartAsync();
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 2 && warehouse.Mailer.Handled.Count == 2);
        await warehouse.UntilAsync(() => warehouse.Log.Lines(NoPublisher).Length == 1);
        await warehouse.StopAsync();
        warehouse.HasPublisher = true;
        await warehouse.StartAsync();
        await warehouse.Queue!.WaitForAsync(2);

        Assert.Equal(2, (await warehouse.Queue.SoFarAsync()).Count);
        Assert.Equal((2, 2), (warehouse.Packer.Calls, warehouse.Mailer.Calls));
    }

    [Fact]
    public async Task Without_a_publisher_an_event_that_nobody_wants_costs_no_row()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Packer.Wants = warehouse.Mailer.Wants = name => name == "item__updated";
        await warehouse.StartAsync();
        if (engine == HandlerEngine.Wal)
            await warehouse.Database.ExecuteAsync("SELECT pg_create_logical_replication_slot('watch', 'test_decoding')");

        await warehouse.MoveAsync("a");
        var item = await warehouse.SaveAsync(new Item { Name = "lamp" });
        Assert.Equal(["item__created", "warehouse.moved"], warehouse.Packer.Asked.Order());
        Assert.Equal(0, await warehouse.Database.ScalarAsync<long>(Appended));

        item.Count = 1;
        await warehouse.SaveAsync(item);
        Assert.NotEqual(0, await warehouse.Database.ScalarAsync<long>(Appended));
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1);
        Assert.Equal(["item__updated"], warehouse.Packer.Names);
    }

    /// <summary>What was ever appended, if it was taken out since or not: what a sequence has given, or the log has.</summary>
    private string Appended => engine switch
    {
        HandlerEngine.Wal =>
            "SELECT count(*) FROM pg_logical_slot_peek_changes('watch', NULL, NULL) WHERE data LIKE 'message%'",
        HandlerEngine.Packs => "SELECT count(last_value) FROM pg_sequences WHERE sequencename = 'model_events_outbox_packs_id_seq'",
        _ => "SELECT count(last_value) FROM pg_sequences WHERE sequencename = 'model_events_outbox_id_seq'",
    };
}
