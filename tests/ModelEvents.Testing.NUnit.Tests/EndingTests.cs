using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>What is left of a test when it is over: the message about its names, and no silence.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EndingTests : IAsyncDisposable
{
    private readonly BakeryHost _bakery = new();

    public EndingTests() => (Ending.Bakery, Ending.Leftovers) = (_bakery, new Leftovers(_bakery));

    [Test]
    public void An_unknown_name_fails_the_test_and_lists_the_known_ones()
    {
        var run = InnerRun.Of(typeof(An_unknown_name<>));

        Assert.That(run.Failures.Single(), Does.EndWith(
            "[DisableDispatcher]: The model 'Lof' is not listed. Did you mean 'ModelEvents.Testing.Bakery.Loaf'? "
            + "Listed models are 'ModelEvents.Testing.Bakery.Cake', 'ModelEvents.Testing.Bakery.Crumb' and "
            + "'ModelEvents.Testing.Bakery.Loaf'."));
        Assert.That(_bakery.EventsOf("unknown name"), Is.EqualTo(new[] { "loaf__created" }));
    }

    [Test]
    public async Task What_a_test_leaves_behind_dispatches_when_the_test_is_over_however_it_ended()
    {
        var run = InnerRun.Of(typeof(A_passing_test<>), typeof(A_failing_test<>), typeof(A_failing_set_up<>));

        Assert.That(run.Failures, Has.Exactly(2).EqualTo("on purpose").And.Exactly(2).Items);
        Assert.That(
            await Ending.Leftovers.FinishAsync(),
            Is.EqualTo(new[]
            {
                "failed, after it: cake__created",
                "failed, after it: crumb__created",
                "failed, after it: loaf__created",
                "in an assertion, after it: cake__created",
                "in an assertion, after it: crumb__created",
                "in an assertion, after it: loaf__created",
                "not set up, after it: cake__created",
                "not set up, after it: crumb__created",
                "not set up, after it: loaf__created",
                "passed, after it: cake__created",
                "passed, after it: crumb__created",
                "passed, after it: loaf__created",
            }));
    }

    [Test]
    public void One_time_set_up_and_tear_down_of_a_disabled_class_are_disabled()
    {
        var run = InnerRun.Of(typeof(A_class_with_a_one_time_set_up<>));

        Assert.That(run.Failures, Is.Empty);
        Assert.That(_bakery.EventsOf("one-time set-up"), Is.EqualTo(new[] { "cake__created" }));
        Assert.That(_bakery.EventsOf("one-time tear-down"), Is.EqualTo(new[] { "cake__created" }));
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();
}
