namespace ModelEvents.Tests.Handlers;

/// <summary>A program that ends while events wait in its memory.</summary>
public sealed class MemoryShutdownTests
{
    private const int LeftInMemory = 1114;

    [Fact]
    public async Task A_handler_that_hangs_costs_nobody_else_an_event()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Memory, hasBroker: true);
        warehouse.Mailer.Handle = (_, _) => Task.Delay(Timeout.Infinite, CancellationToken.None);
        warehouse.Packer.Handle = async (_, _) => await Task.Yield();
        warehouse.Configure = options => (options.Dispatcher.Workers, options.Dispatcher.BatchSize) = (1, 2);
        await warehouse.StartAsync();
        await warehouse.MoveAsync([.. Enumerable.Range(0, 200).Select(n => $"key {n}")]);
        await warehouse.StopAsync();

        Assert.Equal(200, warehouse.Packer.Handled.DistinctBy(e => e.Id).Count());
        Assert.Equal(200, (await warehouse.Queue!.SoFarAsync()).Count);
        Assert.Contains("'200' events", Assert.Single(warehouse.Log.Lines(LeftInMemory)), StringComparison.Ordinal);
    }
}
