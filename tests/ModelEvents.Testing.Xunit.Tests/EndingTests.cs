using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>What is left of a test when it is over: the message about its names, and no silence.</summary>
public sealed class EndingTests : IAsyncDisposable
{
    private readonly BakeryHost _bakery = new();

    public EndingTests() => (Ending.Bakery, Ending.Leftovers) = (_bakery, new Leftovers(_bakery));

    [Fact]
    public async Task An_unknown_name_fails_the_test_and_lists_the_known_ones()
    {
        var run = await InnerRun.OfAsync(typeof(An_unknown_name));

        Assert.Equal(
            ["[DisableDispatcher]: The model 'Lof' is not listed. Did you mean 'ModelEvents.Testing.Bakery.Loaf'? "
                + "Listed models are 'ModelEvents.Testing.Bakery.Cake', 'ModelEvents.Testing.Bakery.Crumb' and "
                + "'ModelEvents.Testing.Bakery.Loaf'."],
            run.Failures);
        Assert.Equal(["loaf__created"], _bakery.EventsOf("unknown name"));
    }

    [Fact]
    public async Task What_a_test_leaves_behind_dispatches_when_the_test_is_over_however_it_ended()
    {
        var run = await InnerRun.OfAsync(typeof(A_passing_test), typeof(A_failing_test), typeof(A_failing_constructor));

        Assert.Equal(["on purpose", "on purpose"], run.Failures);
        Assert.Equal(
            [
                "failed, after it: cake__created",
                "failed, after it: crumb__created",
                "failed, after it: loaf__created",
                "not constructed, after it: cake__created",
                "not constructed, after it: crumb__created",
                "not constructed, after it: loaf__created",
                "passed, after it: cake__created",
                "passed, after it: crumb__created",
                "passed, after it: loaf__created",
            ],
            await Ending.Leftovers.FinishAsync());
    }

    [Fact]
    public async Task The_method_of_a_test_that_timed_out_stays_silent()
    {
        var run = await InnerRun.OfAsync(typeof(A_test_that_timed_out));

        Assert.Single(run.Failures);
        Assert.Empty(await Ending.Leftovers.FinishAsync());
    }

    [Fact]
    public async Task The_fixtures_of_a_disabled_class_are_disabled()
    {
        var run = await InnerRun.OfAsync(typeof(A_class_with_a_fixture));

        Assert.Empty(run.Failures);
        Assert.Equal(["cake__created"], _bakery.EventsOf("fixture is made"));
        Assert.Equal(["cake__created"], _bakery.EventsOf("fixture is disposed"));
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();
}
