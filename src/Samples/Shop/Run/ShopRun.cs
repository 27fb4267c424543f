using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents;

namespace Shop.Run;

/// <summary>One run of the sample: sell, wait for the events, compare, tell.</summary>
internal sealed class ShopRun(IHost host, Arguments arguments)
{
    private readonly Ledger _ledger = host.Services.GetRequiredService<Ledger>();
    private readonly Receipts _receipts = host.Services.GetRequiredService<Receipts>();

    /// <summary>Returns the exit code of the program.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await SellAndCompareAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped. What is left in the outbox is published by --publish-only.");
            return 130;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private async Task<int> SellAndCompareAsync(CancellationToken cancellationToken)
    {
        var services = host.Services;
        await using (var scope = services.CreateAsyncScope())
            await ShopTables.CreateAsync(scope.ServiceProvider.GetRequiredService<ShopContext>(), cancellationToken);
        if (arguments.Capture == CaptureSource.Log)
        {
            // <setup>
            await services.GetRequiredService<IModelEventLog>().SetUpAsync(cancellationToken);
            // </setup>
        }

        var left = await services.GetRequiredService<Counter>().CountAsync(cancellationToken);
        await host.StartAsync(cancellationToken);
        await services.GetRequiredService<Workload>().RunAsync(
            arguments.Orders, hasRules: arguments.Capture == CaptureSource.Tracker, cancellationToken);
        var expected = left.Waiting + _ledger.Count;
        var counts = await services.GetRequiredService<Delivery>()
            .WaitAsync(expected, consumes: !arguments.PublishOnly, cancellationToken);

        Print(counts, left);
        var mistakes = MistakesIn(counts, expected);
        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        if (arguments.HttpPort is not null)
            await WaitUntilStoppedAsync(cancellationToken);
        return mistakes.Count == 0 ? 0 : 1;
    }

    private static async Task WaitUntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }

    private void Print(Counts counts, Counts left)
    {
        var consumed = _ledger.ConsumedIn(_receipts);
        Console.WriteLine();
        Console.WriteLine($"changes committed:  {counts.Changes}");
        Console.WriteLine($"raised beside them: {counts.Raised}");
        Console.WriteLine($"events published:   {counts.Published}");
        if (!arguments.PublishOnly)
            Console.WriteLine($"messages consumed:  {consumed}");

        if (_ledger.RolledBackCount > 0)
            Console.WriteLine($"changes rolled back: {_ledger.RolledBackCount}");
        if (left.Waiting > 0)
            Console.WriteLine($"left in the outbox by an earlier run: {left.Waiting}");
        if (counts.Consumed > consumed)
            Console.WriteLine($"left in the queue by an earlier run: {counts.Consumed - consumed}");
        if (_receipts.Repeated > 0)
            Console.WriteLine($"messages received again (same message id): {_receipts.Repeated}");
    }

    private List<string> MistakesIn(Counts counts, long expected)
    {
        List<string> mistakes = [];
        if (counts.Waiting > 0)
            mistakes.Add($"{counts.Waiting} events still wait in the outbox. Is the broker up?");
        if (counts.Parked > 0)
            mistakes.Add($"{counts.Parked} events are parked. The column 'error' of the outbox table says why.");
        if (counts.Published < expected)
            mistakes.Add($"{expected} events were to be published, {counts.Published} were.");
        if (!arguments.PublishOnly)
            mistakes.AddRange(_ledger.DifferencesFrom(_receipts).Take(20));
        return mistakes;
    }
}
