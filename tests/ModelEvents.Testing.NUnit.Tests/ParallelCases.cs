using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>Cases of a disabled and of an enabled method of one instance, which all save at the same time.</summary>
[Parallelizable(ParallelScope.All)]
internal abstract class ParallelCases
{
    public const int Count = 20;

    public static BakeryHost Bakery { get; set; } = null!;

    public static Rounds All { get; set; } = null!;

    protected static async Task<IReadOnlyList<string>> BakeEverywhereAsync(string batch)
    {
        await All.MeetAsync();
        return await Places.BakeEverywhereAsync(Bakery, batch);
    }
}

internal sealed class Parallel_cases<T> : ParallelCases
{
    [Test, DisableDispatcher]
    public async Task Nothing_is_dispatched([Range(1, Count)] int number) =>
        Assert.That(await BakeEverywhereAsync($"disabled {number}"), Is.Empty);

    [Test]
    public async Task All_models_are_dispatched([Range(1, Count)] int number) => Assert.That(
        await BakeEverywhereAsync($"enabled {number}"),
        Is.EqualTo(Places.Each("cake__created", "loaf__created")));
}
