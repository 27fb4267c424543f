namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>Tests that end badly, or leave something behind.</summary>
internal abstract class Ending
{
    public static Bakery.BakeryHost Bakery { get; set; } = null!;

    public static Bakery.Leftovers Leftovers { get; set; } = null!;
}

internal sealed class An_unknown_name : Ending
{
    [Fact, DisableDispatcher("Lof", "Cake")]
    public Task Is_told_when_the_test_ends() => Bakery.BakeAsync("unknown name");
}

internal sealed class A_passing_test : Ending
{
    [Fact, DisableDispatcher]
    public void Leaves_a_flow_behind() => Leftovers.Start("passed");
}

internal sealed class A_failing_test : Ending
{
    [Fact, DisableDispatcher]
    public void Leaves_a_flow_behind()
    {
        Leftovers.Start("failed");
        Assert.Fail("on purpose");
    }
}

internal sealed class A_failing_constructor : Ending
{
    public A_failing_constructor()
    {
        Leftovers.Start("not constructed");
        Assert.Fail("on purpose");
    }

    [Fact, DisableDispatcher]
    public void Leaves_a_flow_behind() => Assert.NotNull(Leftovers);
}

internal sealed class A_test_that_timed_out : Ending
{
    [Fact(Timeout = 1), DisableDispatcher]
    public async Task Runs_on() => await Leftovers.OutliveAsync("timed out");
}

[DisableDispatcher(typeof(Bakery.Loaf))]
internal sealed class A_class_with_a_fixture : Ending, IClassFixture<A_class_with_a_fixture.Fixture>
{
    [Fact]
    public void Disables_for_the_fixture_too() => Assert.NotNull(Bakery);

    internal sealed class Fixture : Ending, IAsyncLifetime
    {
        public async ValueTask InitializeAsync() => await Bakery.BakeAsync("fixture is made");

        public async ValueTask DisposeAsync() => await Bakery.BakeAsync("fixture is disposed");
    }
}
