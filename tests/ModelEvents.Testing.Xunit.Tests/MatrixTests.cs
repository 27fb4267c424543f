using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>Each kind of test, many times, at the same time as all others, on one host.</summary>
public sealed class MatrixTests
{
    private static readonly Type[] Kinds =
        [.. typeof(Kind).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Kind)) && !type.IsAbstract)];

    [Fact]
    public async Task Tests_that_run_at_the_same_time_disable_what_they_say_and_nothing_else()
    {
        await using var bakery = new BakeryHost();
        (Kind.Bakery, Kind.Others) = (bakery, new Rounds(Kinds.Length));
        using var _ = bakery.CreateClient();

        var run = await InnerRun.OfAsync(Kinds);

        Assert.Empty(run.Failures);
        Assert.Equal(Kinds.Length * Rounds.Count, run.Passed);
    }
}
