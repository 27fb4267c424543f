using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>A kind of test that is run again and again beside all others. Each run saves under keys of its own.</summary>
/// <param name="arranged">The events of what is saved before and after the test method.</param>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class Kind(params string[] arranged) : IDisposable
{
    private static readonly string[] Arrangement = ["constructor", "SetUp", "TearDown"];

    private static int _runs;

    private readonly string _batch = Construct();

    public static BakeryHost Bakery { get; set; } = null!;

    public static Rounds Others { get; set; } = null!;

    public static int Runs => _runs;

    [SetUp]
    public Task SetUp() => Bakery.BakeAsync($"{_batch}, SetUp");

    [TearDown]
    public async Task TearDown()
    {
        await Bakery.BakeAsync($"{_batch}, TearDown");
        Assert.That(Bakery.EventsIn(_batch), Is.EqualTo(Places.Each(Arrangement, arranged)));
        Interlocked.Increment(ref _runs);
    }

    public void Dispose()
    {
        Bakery.Bake($"{_batch} Dispose");
        Assert.That(Bakery.EventsOf($"{_batch} Dispose"), Is.EqualTo(arranged));
    }

    protected async Task<IReadOnlyList<string>> BakeEverywhereAsync()
    {
        await Others.MeetAsync();
        return await Places.BakeEverywhereAsync(Bakery, $"{_batch} everywhere");
    }

    protected async Task<IReadOnlyList<string>> BakeOneSilentlyAsync()
    {
        await Others.MeetAsync();
        return await Places.BakeOneSilentlyAsync(Bakery, $"{_batch} {Guid.CreateVersion7()}");
    }

    private static string Construct()
    {
        var batch = $"{Guid.CreateVersion7()}";
        Bakery.Bake($"{batch}, constructor");
        return batch;
    }
}
