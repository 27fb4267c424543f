using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Samples;

namespace ModelEvents.Tests.Wire;

/// <summary>A run of the shop, watched by <c>wire_client.py</c> from its own queue.</summary>
public sealed class ForeignClient : IAsyncLifetime
{
    internal const int EventCount = 40;

    private static readonly string[] Exchanges = ["shop.events", "billing.events"];

    private List<WireFact> _facts = [];

    /// <summary>When the shop began to sell.</summary>
    internal DateTimeOffset Started { get; private set; }

    /// <summary>When it had sold all.</summary>
    internal DateTimeOffset Ended { get; private set; }

    internal IReadOnlyList<string> Declarations => [.. _facts.OfType<WireFact.Declared>().Select(fact => $"{fact}")];

    internal IReadOnlyList<WireFact.Received> Messages => [.. _facts.OfType<WireFact.Received>()];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await RemoveAllAsync();
        await using var database = await TestDatabase.CreateAsync();
        await ShopProcess.RunAsync(database, "--publish-only");

        await using var client = await PythonProcess.StartAsync("wire_client.py", Exchanges);
        await client.WaitForAsync(lines => lines.Any(line => WireFact.Parse(line) is WireFact.Ready));
        Started = TimeProvider.System.GetUtcNow();
        await ShopProcess.RunAsync(database, "--orders", "5");
        Ended = TimeProvider.System.GetUtcNow();
        await client.WaitForAsync(lines => Parse(lines).OfType<WireFact.Received>().Count() >= EventCount);
        _facts = Parse(client.Lines);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await Broker.DeleteQueueAsync(ShopProcess.Queue);

    private static List<WireFact> Parse(IEnumerable<string> lines) => [.. lines.Select(WireFact.Parse)];

    /// <summary>Then it is the shop that makes the exchanges, and not an earlier test.</summary>
    private static async Task RemoveAllAsync()
    {
        await Broker.DeleteQueueAsync(ShopProcess.Queue);
        foreach (var exchange in Exchanges)
            await Broker.DeleteExchangeAsync(exchange);
    }
}
