namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>Tests that end badly, or leave something behind.</summary>
internal abstract class Ending
{
    public static Bakery.BakeryHost Bakery { get; set; } = null!;

    public static Bakery.Leftovers Leftovers { get; set; } = null!;
}

internal sealed class An_unknown_name<T> : Ending
{
    [Test, DisableDispatcher("Lof", "Cake")]
    public Task Is_told_when_the_test_ends() => Bakery.BakeAsync("unknown name");
}

internal sealed class A_passing_test<T> : Ending
{
    [Test, DisableDispatcher]
    public void Leaves_a_flow_behind() => Leftovers.Start("passed");

    [Test, DisableDispatcher]
    public void Leaves_a_flow_of_an_assertion_behind() => Assert.DoesNotThrow(() => Leftovers.Start("in an assertion"));
}

internal sealed class A_failing_test<T> : Ending
{
    [Test, DisableDispatcher]
    public void Leaves_a_flow_behind()
    {
        Leftovers.Start("failed");
        Assert.Fail("on purpose");
    }
}

internal sealed class A_failing_set_up<T> : Ending
{
    [SetUp]
    public void SetUp()
    {
        Leftovers.Start("not set up");
        Assert.Fail("on purpose");
    }

    [Test, DisableDispatcher]
    public void Leaves_a_flow_behind() => Assert.That(Leftovers, Is.Not.Null);
}

[DisableDispatcher(typeof(Bakery.Loaf))]
internal sealed class A_class_with_a_one_time_set_up<T> : Ending
{
    [OneTimeSetUp]
    public Task SetUp() => Bakery.BakeAsync("one-time set-up");

    [OneTimeTearDown]
    public Task TearDown() => Bakery.BakeAsync("one-time tear-down");

    [Test]
    public void Disables_for_them_too() => Assert.That(Bakery, Is.Not.Null);
}
