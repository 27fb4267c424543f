using System.Reflection;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>Runs fixtures that NUnit does not find by itself, since they are open generic types.</summary>
internal sealed class InnerRun : ITestAssemblyBuilder
{
    private const int Workers = 64;

    private readonly Type[] _fixtures;

    private InnerRun(Type[] fixtures)
    {
        _fixtures = fixtures;
        var runner = new NUnitTestAssemblyRunner(this);
        runner.Load(typeof(InnerRun).Assembly, new Dictionary<string, object> { ["NumberOfTestWorkers"] = Workers });
        Results = [.. TestsIn(runner.Run(TestListener.NULL, TestFilter.Empty))];
    }

    public IReadOnlyList<ITestResult> Results { get; }

    public IEnumerable<string> Failures =>
        Results.Where(result => result.ResultState.Status == TestStatus.Failed).Select(result => result.Message);

    public int Passed => Results.Count(result => result.ResultState.Status == TestStatus.Passed);

    /// <param name="fixtures">Generic types of one parameter, whatever it is.</param>
    public static InnerRun Of(params Type[] fixtures) => new(fixtures);

    public ITest Build(Assembly assembly, IDictionary<string, object> options)
    {
        var root = new TestAssembly(assembly, assembly.Location);
        root.ApplyAttributesToTest(assembly);
        foreach (var fixture in _fixtures)
            root.Add(new DefaultSuiteBuilder().BuildFrom(new TypeWrapper(fixture.MakeGenericType(typeof(object)))));
        return root;
    }

    public ITest Build(string assemblyNameOrPath, IDictionary<string, object> options) => throw new NotSupportedException();

    private static IEnumerable<ITestResult> TestsIn(ITestResult result) =>
        result.Test.IsSuite ? result.Children.SelectMany(TestsIn) : [result];
}
