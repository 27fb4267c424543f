using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>
/// The shop. Tests that run it join the collection of this name, as its exchanges and its queue are shared.
/// </summary>
internal static class ShopProcess
{
    /// <summary>The queue that it reads, which outlives it.</summary>
    public const string Queue = "shop-sample";

    public static ChildProcess Start(TestDatabase database, params string[] arguments) =>
        SampleProcess.Start("Shop", database, arguments);

    /// <summary>Runs it to its end, which must be a good one, and returns what it printed.</summary>
    public static async Task<string> RunAsync(TestDatabase database, params string[] arguments)
    {
        await using var shop = Start(database, arguments);
        return await shop.ReadToEndAsync();
    }
}
