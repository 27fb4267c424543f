using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace ModelEvents.Testing;

/// <summary>
/// A test, or the class, collection or assembly whose fixtures are just made, as xunit.net knows it in the flow of a save.
/// </summary>
internal sealed class RunningTest
{
    private static readonly ConditionalWeakTable<object, RunningTest> Known = [];

    private readonly DisabledTest _disabled;
    private volatile bool _methodRuns;

    private RunningTest(IEnumerable<IBeforeAfterTestAttribute> attributes) => _disabled =
        new DisabledTest(attributes.OfType<DisableDispatcherAttribute>().Select(attribute => attribute.Models));

    public static RunningTest Of(IXunitTest test) =>
        Known.GetValue(test, _ => new RunningTest(test.TestMethod.BeforeAfterTestAttributes));

    /// <summary>The scopes of the test that this flow belongs to; none if that is over.</summary>
    public static IEnumerable<DispatcherScope> FindScopes()
    {
        var context = TestContext.Current;
        return Find(context) is { } running && !running.IsOver(context) ? running._disabled.Scopes : [];
    }

    public void Begin() => _methodRuns = true;

    public void End()
    {
        _methodRuns = false;
        _disabled.ThrowIfMistaken();
    }

    private static RunningTest? Find(ITestContext context) => context switch
    {
        { Test: IXunitTest test } => Of(test),
        { TestClass: IXunitTestClass c } => Known.GetValue(c, _ => new RunningTest(c.BeforeAfterTestAttributes)),
        { TestCollection: IXunitTestCollection c } => Known.GetValue(c, _ => new RunningTest(c.BeforeAfterTestAttributes)),
        { TestAssembly: IXunitTestAssembly a } => Known.GetValue(a, _ => new RunningTest(a.BeforeAfterTestAttributes)),
        _ => null,
    };

    // A test has no property that says so, but its context is disposed at its end, even if its class could not be made.
    // The method of a test that timed out runs on.
    private bool IsOver(ITestContext context)
    {
        if (_methodRuns)
            return false;

        try
        {
            _ = context.CancellationToken;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
