using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>Each kind of test, many times, at the same time as all others, on one host.</summary>
public sealed class MatrixTests
{
    private static readonly Type[] Kinds =
        [.. typeof(Kind).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Kind)) && !type.IsAbstract)];

    [Test]
    public async Task Tests_that_run_at_the_same_time_disable_what_they_say_and_nothing_else()
    {
        await using var bakery = new BakeryHost();
        (Kind.Bakery, Kind.Others) = (bakery, new Rounds(Kinds.Length));
        bakery.StartServer();

        var run = InnerRun.Of(Kinds);

        Assert.That(run.Failures, Is.Empty);
        Assert.That(run.Passed, Is.EqualTo(Kinds.Length));
        Assert.That(Kind.Runs, Is.EqualTo(Kinds.Length * Rounds.Count));
    }

    [Test]
    public async Task The_cases_of_one_fixture_that_run_at_the_same_time_are_told_apart()
    {
        await using var bakery = new BakeryHost();
        (ParallelCases.Bakery, ParallelCases.All) = (bakery, new Rounds(2 * ParallelCases.Count));
        bakery.StartServer();

        var run = InnerRun.Of(typeof(Parallel_cases<>));

        Assert.That(run.Failures, Is.Empty);
        Assert.That(run.Passed, Is.EqualTo(2 * ParallelCases.Count));
    }
}
