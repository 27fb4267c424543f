using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Handlers;

/// <content>Sessions and processes that end while a handler is at work.</content>
public abstract partial class DurableHandlerContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_that_gives_a_handler_up_notes_what_was_handled_before(bool isTold)
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        var gate = new TaskCompletionSource();
        warehouse.Mailer.Handle = (_, ct) => warehouse.Mailer.Calls switch
        {
            1 => gate.Task.WaitAsync(ct),
            3 => GiveUpAsync(isTold, ct),
            _ => Task.CompletedTask,
        };
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "a", "a", "a");
        await warehouse.Queue!.WaitForAsync(4);
        gate.SetResult();
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 3);
        await warehouse.StopAsync();
        Assert.Equal(2, warehouse.Mailer.Handled.Count);

        await warehouse.StartAsync();
        await warehouse.MoveAsync("last");
        await warehouse.UntilAsync(() => warehouse.Mailer.Keys.Contains("last") && warehouse.Mailer.Handled.Count >= 5);

        Assert.Equal(["a", "a", "a", "a", "last"], warehouse.Mailer.Keys.Order());
        Assert.Equal(5, warehouse.Mailer.Handled.DistinctBy(e => e.Id).Count());
    }

    [Fact]
    public async Task Processes_that_come_and_go_handle_each_event_once_and_those_of_a_key_in_order()
    {
        await using var first = await Warehouse.StartAsync(engine);
        await using var second = first.Beside();
        IEnumerable<ModelEvent> Handled() => [.. first.Packer.Handled, .. second.Packer.Handled];
        string[] keys = [.. Enumerable.Range(0, 600).Select(n => $"key {n % 40}")];

        var moving = first.MoveAsync(keys);
        await first.UntilAsync(() => Handled().Count() > 50);
        await second.StartAsync();
        await first.UntilAsync(() => Handled().Count() > 300);
        await moving;
        await first.StopAsync();
        await second.MoveAsync("last");
        await second.UntilAsync(() => Handled().Any(e => e.Key == "last") && Handled().Count() >= 601);

        Assert.Equal(601, Handled().Count());
        Assert.Equal(601, Handled().DistinctBy(e => e.Id).Count());
        Assert.All(
            Handled().GroupBy(e => e.Key), its => Assert.Equal(its.Select(e => e.Id).Order(), its.Select(e => e.Id)));
    }

    [Fact]
    public async Task A_handler_that_never_ends_keeps_no_program_from_ending()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        warehouse.Mailer.Handle = (_, _) => Task.Delay(Timeout.Infinite, CancellationToken.None);
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a");
        await warehouse.Queue!.WaitForAsync(1);
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 1 && warehouse.Packer.Handled.Count == 1);
        await warehouse.StopAsync();

        // In the same process, which would not lead a second time if it still did.
        warehouse.Mailer.Handle = (_, _) => Task.CompletedTask;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("b");
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 2 && warehouse.Packer.Keys.Contains("b"));

        Assert.Equal(["a", "b"], warehouse.Mailer.Keys.Order());
        Assert.Equal(["a", "b"], warehouse.Packer.Keys);
    }

    [Fact]
    public async Task A_handler_at_work_holds_back_nobody_when_the_connections_are_lost_and_is_not_called_again()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        var gate = new TaskCompletionSource();
        warehouse.Mailer.Handle = (_, ct) => gate.Task.WaitAsync(ct);
        warehouse.IsRetrying = true;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a");
        await warehouse.Queue!.WaitForAsync(1);
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 1 && warehouse.Packer.Handled.Count == 1);

        await EndConnectionsAsync(warehouse);
        await warehouse.MoveAsync("b");
        await warehouse.UntilAsync(() => warehouse.Packer.Keys.Contains("b"));
        await warehouse.UntilAsync(
            () => warehouse.Queue.Deliveries.Any(one => one.Properties.MessageId == $"{warehouse.Packer.Handled[^1].Id}"));
        Assert.Empty(warehouse.Mailer.Handled);
        gate.SetResult();
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count >= 2);

        Assert.Equal(["a", "b"], warehouse.Mailer.Keys.Order());
        Assert.Equal(2, warehouse.Mailer.Calls);
    }

    [Fact]
    public async Task An_own_event_outside_of_a_transaction_is_tried_again_as_a_save_is()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.IsRetrying = true;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a");
        await EndConnectionsAsync(warehouse);

        await warehouse.MoveAsync("b");
        await EndConnectionsAsync(warehouse);
        await using var scope = warehouse.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IModelEvents>().Trigger(WarehouseEvents.Moved, key: "c");

        await warehouse.UntilAsync(() => warehouse.Packer.Keys.Distinct().Count() == 3);
    }

    private static async Task GiveUpAsync(bool isTold, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException) when (!isTold)
        {
            throw new InvalidOperationException("The connection was closed.");
        }
    }

    private static Task<int> EndConnectionsAsync(Warehouse warehouse) => warehouse.Database.ExecuteAsync(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """);
}
