namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>A scope from the set-up to the tear-down of tests that need not save.</summary>
internal sealed class ScopeOfFixtureTests
{
    private IDisposable? _scope;

    [SetUp]
    public void SetUp() => _scope = Dispatcher.Disable();

    [TearDown]
    public void TearDown() => _scope!.Dispose();

    [Test]
    public void A_test_that_saves_nothing_may_be_disabled_by_its_set_up() => Assert.That(_scope, Is.Not.Null);

    [Test]
    public async Task A_test_that_waits_and_saves_nothing_may_be_disabled_by_its_set_up()
    {
        await Task.Yield();
        Assert.That(_scope, Is.Not.Null);
    }
}
