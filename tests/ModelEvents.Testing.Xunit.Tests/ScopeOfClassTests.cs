namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>A scope from the constructor to the end of a class whose tests need not save.</summary>
public sealed class ScopeOfClassTests : IDisposable
{
    private readonly IDisposable _scope = Dispatcher.Disable();
    private bool _isDisposed;

    [Fact]
    public void A_test_that_saves_nothing_may_be_disabled_by_its_class() => Assert.False(_isDisposed);

    [Fact]
    public async Task A_test_that_waits_and_saves_nothing_may_be_disabled_by_its_class()
    {
        await Task.Yield();
        Assert.False(_isDisposed);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _isDisposed = true;
    }
}
