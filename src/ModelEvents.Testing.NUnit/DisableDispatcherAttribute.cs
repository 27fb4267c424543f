using ModelEvents.Capture;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace ModelEvents.Testing;

/// <summary>
/// Switches events off in a test: what it saves, <c>[SetUp]</c> and <c>[TearDown]</c> included, is written to the database
/// and makes no events. On a method, a class (also a base class), a set-up fixture or an assembly; several add up. It holds
/// in the test's own flow and whatever that starts, and not in tests beside it.
/// </summary>
/// <remarks>
/// On a class, a set-up fixture or an assembly it holds in <c>[OneTimeSetUp]</c> and <c>[OneTimeTearDown]</c> too. The
/// requests of a <c>TestServer</c> are in the test's flow only with <c>TestServerOptions.PreserveExecutionContext</c>.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class DisableDispatcherAttribute : TestActionAttribute
{
    private readonly Func<IChangeFilter> _models;

    // NUnit makes the attributes of a test before it runs anything of it: in time for a set-up that saves.
    static DisableDispatcherAttribute() => DispatcherScopes.Installed.AddFramework(RunningTest.FindScopes);

    /// <summary>No listed model makes events.</summary>
    public DisableDispatcherAttribute() => _models = () => DisabledModels.All;

    /// <summary>Instances of these types, or of types derived from them, make no events.</summary>
    public DisableDispatcherAttribute(params Type[] models) => _models = () => DisabledModels.Of(models);

    /// <summary>
    /// These models make no events. The test fails if one is not in the model list of any host that saves during the test.
    /// </summary>
    /// <param name="models">Full CLR names, or unambiguous tails of them, as in the model list.</param>
    public DisableDispatcherAttribute(params string[] models) => _models = () => new NamedModels(models);

    /// <inheritdoc/>
    public override ActionTargets Targets => ActionTargets.Test;

    // New for each test: names remember what that test has saved.
    internal IChangeFilter Models => _models();

    /// <inheritdoc/>
    public override void BeforeTest(ITest test) => RunningTest.Of(test).Begin();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A name of this test's attributes is not listed.</exception>
    public override void AfterTest(ITest test) => RunningTest.Of(test).End();
}
