using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Testing;

/// <summary>
/// The scopes of this process and where they hold: in a flow, in a host, or in a test that a test framework knows to be
/// running.
/// </summary>
internal sealed class DispatcherScopes : IChangeFilter
{
    private readonly AsyncLocal<ImmutableArray<DispatcherScope>?> _flow = new();
    private readonly ConditionalWeakTable<ModelListProvider, StrongBox<ImmutableArray<DispatcherScope>>> _hosts = [];
    private ImmutableArray<Func<IEnumerable<DispatcherScope>>> _frameworks = [];

    private DispatcherScopes() => ChangeFilters.Install(this);

    /// <summary>Installed when it is first used, so that a process without scopes is never asked.</summary>
    public static DispatcherScopes Installed { get; } = new();

    /// <summary>The scope holds in this flow and in those that start from here.</summary>
    public void EnterFlow(DispatcherScope scope) => _flow.Value = Add(_flow.Value ?? [], scope);

    /// <summary>Whether the scope holds in this flow, or in one that this one started from.</summary>
    public bool IsInFlow(DispatcherScope scope) => _flow.Value?.Contains(scope) == true;

    /// <summary>The scope holds in every flow of the host with these lists.</summary>
    public void EnterHost(ModelListProvider lists, DispatcherScope scope)
    {
        var host = _hosts.GetValue(lists, _ => new StrongBox<ImmutableArray<DispatcherScope>>([]));
        ImmutableInterlocked.Update(ref host.Value, Add, scope);
    }

    /// <summary>
    /// Adds a test framework, which is asked in a save's own flow for the scopes of the test that it belongs to. A scope
    /// that it returns after the test's end has no effect if it was disposed.
    /// </summary>
    public void AddFramework(Func<IEnumerable<DispatcherScope>> scopesOfRunningTest) =>
        ImmutableInterlocked.Update(ref _frameworks, (all, added) => all.Add(added), scopesOfRunningTest);

    public bool Excludes(ModelListProvider lists, ListedModel model, object instance)
    {
        // All are asked, also after one said yes: models that are named must see every list to know their mistakes.
        var isExcluded = false;
        foreach (var scope in ScopesOf(lists))
            isExcluded |= scope.Excludes(lists, model, instance);
        return isExcluded;
    }

    public bool ExcludesOwn(ModelListProvider lists) => ScopesOf(lists).Any(scope => scope.ExcludesOwn(lists));

    private IEnumerable<DispatcherScope> ScopesOf(ModelListProvider lists)
    {
        IEnumerable<DispatcherScope> scopes = _flow.Value ?? [];
        if (_hosts.TryGetValue(lists, out var host))
            scopes = scopes.Concat(host.Value);
        return scopes.Concat(_frameworks.SelectMany(framework => framework()));
    }

    private static ImmutableArray<DispatcherScope> Add(ImmutableArray<DispatcherScope> scopes, DispatcherScope scope) =>
        [.. scopes.Where(open => open.IsOpen), scope];
}
