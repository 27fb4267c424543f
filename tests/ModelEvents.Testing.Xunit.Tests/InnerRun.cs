using System.Collections.Concurrent;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>Runs test classes that xunit.net does not find by itself, since they are not public, all in parallel.</summary>
internal sealed class InnerRun : IMessageSink
{
    private readonly ConcurrentQueue<string> _failures = [];
    private int _passed;

    public int Passed => _passed;

    /// <summary>The messages of all exceptions, one entry for each test.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public static async Task<InnerRun> OfAsync(params Type[] classes)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var assembly = new XunitTestAssembly(typeof(InnerRun).Assembly);
        var configuration = new TestAssemblyConfiguration { MaxParallelThreads = -1, PreEnumerateTheories = false };
        var found = new ConcurrentQueue<IXunitTestCase>();
        await new XunitTestFrameworkDiscoverer(assembly).Find(
            test =>
            {
                found.Enqueue((IXunitTestCase)test);
                return ValueTask.FromResult(true);
            },
            TestFrameworkOptions.ForDiscovery(configuration),
            classes,
            cancellation);

        var run = new InnerRun();
        await new XunitTestFrameworkExecutor(assembly)
            .RunTestCases(found, run, TestFrameworkOptions.ForExecution(configuration), cancellation);
        return run;
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        if (message is ITestPassed)
            Interlocked.Increment(ref _passed);
        else if (message is IErrorMetadata failure)
            _failures.Enqueue(string.Join(Environment.NewLine, failure.Messages));
        return true;
    }
}
