namespace ModelEvents.Tests.Handlers;

/// <summary>A program that ends while events wait in its memory.</summary>
public sealed class MemoryShutdownTests
{
    private const int LeftInMemory = 1114;
    private const int Count = 100;

    [Fact]
    public async Task A_handler_that_hangs_costs_nobody_else_an_event()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Memory, hasBroker: true);
        warehouse.Mailer.Handle = (_, _) => Task.Delay(Timeout.Infinite, CancellationToken.None);
        warehouse.Packer.Handle = async (_, _) => await Task.Yield();
        warehouse.Configure = options =>
        {
            (options.Dispatcher.Workers, options.Dispatcher.BatchSize) = (1, 2);
            options.Dispatcher.DrainTimeout = TimeSpan.FromSeconds(10);
        };
        await warehouse.StartAsync();
        await warehouse.MoveAsync([.. Enumerable.Range(0, Count).Select(n => $"key {n}")]);
        await warehouse.StopAsync();

        Assert.Equal(Count, warehouse.Packer.Handled.DistinctBy(e => e.Id).Count());
        Assert.Equal(Count, (await warehouse.Queue!.SoFarAsync()).Count);
        Assert.Contains($"'{Count}' events", Assert.Single(warehouse.Log.Lines(LeftInMemory)), StringComparison.Ordinal);
    }
}
