using System.Runtime.CompilerServices;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ModelEvents.Testing;

/// <summary>A test, fixture or assembly, as NUnit knows it in the flow of a save.</summary>
internal sealed class RunningTest
{
    private static readonly ConditionalWeakTable<ITest, RunningTest> Known = [];

    private readonly DisabledTest _disabled;
    private volatile TestExecutionContext? _context;

    private RunningTest(ITest test) => _disabled = new DisabledTest(AttributesOf(test).Select(attribute => attribute.Models));

    public static RunningTest Of(ITest test) => Known.GetValue(test, found => new RunningTest(found));

    /// <summary>The scopes of the test that this flow belongs to; none if that is over.</summary>
    public static IEnumerable<DispatcherScope> FindScopes()
    {
        var context = TestExecutionContext.CurrentContext;
        var running = Of(context.CurrentTest);
        return running.IsOver(context) ? [] : running._disabled.Scopes;
    }

    public void Begin() => _context = TestExecutionContext.CurrentContext;

    public void End() => _disabled.ThrowIfMistaken();

    private static IEnumerable<DisableDispatcherAttribute> AttributesOf(ITest? test) => test is null
        ? []
        : ((Test)test).GetCustomAttributes<DisableDispatcherAttribute>(inherit: true).Concat(AttributesOf(test.Parent));

    // NUnit notes the end in the result. The flow's own context may be another than the test's: assertions make one for
    // the code that they run, and its result is never ended.
    private bool IsOver(TestExecutionContext context) => (_context ?? context).CurrentResult.EndTime != default;
}
