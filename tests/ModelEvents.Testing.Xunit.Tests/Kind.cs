using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>A kind of test that is run again and again beside all others. Each run saves under keys of its own.</summary>
/// <param name="arranged">The events of what is saved before and after the test method.</param>
internal abstract class Kind(params string[] arranged) : IAsyncLifetime
{
    private static readonly string[] Arrangement = ["constructor", "InitializeAsync", "DisposeAsync"];

    private readonly string _batch = Construct();

    public static BakeryHost Bakery { get; set; } = null!;

    public static Rounds Others { get; set; } = null!;

    public static IEnumerable<TheoryDataRow<int>> All =>
        Enumerable.Range(0, Rounds.Count).Select(round => new TheoryDataRow<int>(round));

    public async ValueTask InitializeAsync() => await Bakery.BakeAsync($"{_batch}, InitializeAsync");

    public async ValueTask DisposeAsync()
    {
        await Bakery.BakeAsync($"{_batch}, DisposeAsync");
        Assert.Equal(Places.Each(Arrangement, arranged), Bakery.EventsIn(_batch));
    }

    protected async Task<IReadOnlyList<string>> BakeEverywhereAsync(int round)
    {
        await Others.MeetAsync();
        return await Places.BakeEverywhereAsync(Bakery, $"{_batch} {round}");
    }

    protected async Task<IReadOnlyList<string>> BakeOneSilentlyAsync(int round)
    {
        await Others.MeetAsync();
        return await Places.BakeOneSilentlyAsync(Bakery, $"{_batch} {round}");
    }

    private static string Construct()
    {
        var batch = $"{Guid.CreateVersion7()}";
        Bakery.Bake($"{batch}, constructor");
        return batch;
    }
}
