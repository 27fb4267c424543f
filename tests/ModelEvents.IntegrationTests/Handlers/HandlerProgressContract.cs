using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Handlers;

/// <summary>How handlers get on beside each other and the broker, wherever their events wait.</summary>
public abstract class HandlerProgressContract(HandlerEngine engine)
{
    private const int HandlerFailed = 1400;
    private const int HandlerGaveUp = 1401;

    protected HandlerEngine Engine => engine;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handler_that_always_fails_holds_back_neither_others_nor_the_broker_and_its_event_is_parked()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.Mailer.Handle = (e, _) => throw new FormatException($"no address for {e.Key}");
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 1);
        await warehouse.MoveAsync("a", "b");
        await warehouse.Queue!.WaitForAsync(3);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 3);
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 2);

        Assert.Equal(["a", "a", "b"], warehouse.Packer.Keys.Order());
        Assert.Empty(warehouse.Mailer.Handled);
        Assert.Equal(6, warehouse.Mailer.Calls);
        var parked = await warehouse.ParkedAsync();
        Assert.Equal(["a", "b"], parked.Select(one => one.Event.Key));
        Assert.All(parked, one => Assert.Equal(("Mailer", 3), (one.Handler, one.Attempts)));
        Assert.Equal("FormatException: no address for a", parked[0].Error);
        Assert.Equal(4, warehouse.Log.Lines(HandlerFailed).Length);
        Assert.Equal(2, warehouse.Log.Lines(HandlerGaveUp).Length);
        Assert.All(warehouse.Log.Lines(HandlerGaveUp), line => Assert.Contains("'Mailer'", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_says_that_it_was_cancelled_while_nothing_ends_has_failed()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Mailer.Handle = (_, _) => throw new OperationCanceledException("the mail server took too long");
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 1);

        Assert.Equal(3, warehouse.Mailer.Calls);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1);
    }

    [Fact]
    public async Task Parked_events_are_retried_in_order_or_discarded()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Mailer.Handle = (_, _) => throw new FormatException("no address");
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "b");
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 2);
        await warehouse.MoveAsync("a", "b");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 4);

        warehouse.Mailer.Handle = (_, _) => Task.CompletedTask;
        var parked = (await warehouse.ParkedAsync()).ToDictionary(one => one.Event.Key, one => one.Event.Id);
        Assert.Equal(1, await warehouse.Outbox.DiscardParkedAsync([parked["b"]], Token));
        Assert.Equal(1, await warehouse.Outbox.RetryParkedAsync(null, Token));
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 3);

        var ids = warehouse.Packer.Handled.GroupBy(e => e.Key).ToDictionary(its => its.Key, its => its.Select(e => e.Id).ToList());
        Assert.Equal(ids["a"], warehouse.Mailer.Handled.Where(e => e.Key == "a").Select(e => e.Id));
        Assert.Equal([ids["b"][1]], warehouse.Mailer.Handled.Where(e => e.Key == "b").Select(e => e.Id));
        await warehouse.UntilAsync(async () => await warehouse.Outbox.GetStatusAsync(Token) is { Waiting: 0, Parked: 0 });
    }

    [Fact]
    public async Task An_event_that_is_parked_for_two_handlers_is_decided_about_for_each_alone()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Mailer.Handle = warehouse.Packer.Handle = (_, _) => throw new FormatException("no address");
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "b");
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 4);

        warehouse.Mailer.Handle = warehouse.Packer.Handle = (_, _) => Task.CompletedTask;
        var parked = await warehouse.Outbox.ListParkedAsync(100, nameof(Mailer), Token);
        Assert.Equal([("a", "Mailer"), ("b", "Mailer")], parked.Select(one => (one.Event.Key, one.Handler)));
        Assert.Empty(await warehouse.Outbox.ListParkedAsync(100, handler: "", Token));
        Assert.Equal(1, await warehouse.Outbox.DiscardParkedAsync([parked[0].Event.Id], nameof(Mailer), Token));
        Assert.Equal(1, await warehouse.Outbox.RetryParkedAsync(null, nameof(Mailer), Token));
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 1);
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 2);

        Assert.Equal(["b"], warehouse.Mailer.Keys);
        Assert.Empty(warehouse.Packer.Handled);
        Assert.Equal(2, await warehouse.Outbox.RetryParkedAsync(null, nameof(Packer), Token));
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 2);
    }

    [Fact]
    public async Task An_event_that_fails_once_is_handled_before_the_next_of_its_key()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        var failures = 0;
        warehouse.Mailer.Handle = (e, _) => e.Name == "warehouse.moved" && Interlocked.Increment(ref failures) <= 2
            ? throw new TimeoutException("try again")
            : Task.CompletedTask;
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a");
        await using var scope = warehouse.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IModelEvents>().TriggerAsync(
            WarehouseEvents.Counted, key: "a", cancellationToken: Token);
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 2);

        Assert.Equal(["warehouse.moved", "warehouse.counted"], warehouse.Mailer.Names);
        Assert.Empty(await warehouse.ParkedAsync());
    }

    [Fact]
    public async Task Events_of_one_key_come_one_after_the_other_and_others_at_the_same_time()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        var (first, second) = ("a", Enumerable.Range(0, 100).Select(n => $"b{n}").First(
            key => Lane.Of("", key) % 4 != Lane.Of("", "a") % 4));
        var other = new TaskCompletionSource();
        warehouse.Mailer.Handle = async (e, ct) =>
        {
            if (e.Key == second)
                other.TrySetResult();
            await other.Task.WaitAsync(ct);
        };
        await warehouse.StartAsync();

        await warehouse.MoveAsync(first, first, first);
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls > 0);
        Assert.Equal(1, warehouse.Mailer.Calls);
        await warehouse.MoveAsync(second);
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 4);

        Assert.Equal(
            warehouse.Packer.Handled.Where(e => e.Key == first).Select(e => e.Id),
            warehouse.Mailer.Handled.Where(e => e.Key == first).Select(e => e.Id));
    }

    [Fact]
    public async Task A_slow_handler_holds_back_nobody_even_when_memory_is_full()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        var gate = new TaskCompletionSource();
        warehouse.Mailer.Handle = (_, ct) => gate.Task.WaitAsync(ct);
        warehouse.Configure = options => (options.Dispatcher.Workers, options.Dispatcher.BatchSize) = (1, 5);
        await warehouse.StartAsync();

        string[] keys = [.. Enumerable.Range(0, 60).Select(n => $"key {n % 12}")];
        await warehouse.MoveAsync(keys);
        await warehouse.Queue!.WaitForAsync(60);
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 60);
        Assert.Empty(warehouse.Mailer.Handled);
        gate.SetResult();
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count >= 60);

        foreach (var key in keys.Distinct())
            Assert.Equal(IdsOf(warehouse.Packer, key), IdsOf(warehouse.Mailer, key));
        await warehouse.UntilAsync(async () => await warehouse.Outbox.GetStatusAsync(Token) is { Waiting: 0 });
    }

    [Fact]
    public async Task Receivers_are_told_of_handlers()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        var onlooker = new Onlooker();
        warehouse.Mailer.Handle = (_, _) => throw new FormatException("no address");
        warehouse.Register = builder =>
        {
            builder.AddEventHandler<Mailer>();
            builder.Services.AddSingleton(onlooker);
            builder.Services.AddModelReceiver<Onlooker>();
        };
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(() => onlooker.Finished.Count == 3);

        Assert.Equal(["Mailer 1", "Mailer 2", "Mailer 3"], onlooker.Started);
        Assert.Equal(["Mailer 1 Failed", "Mailer 2 Failed", "Mailer 3 Parked"], onlooker.Finished);
    }

    private static IEnumerable<Guid> IdsOf(Script script, string key) =>
        script.Handled.Where(e => e.Key == key).Select(e => e.Id);
}
