using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Testing;

/// <summary>
/// Models that are disabled until it is disposed. Where it holds is up to <see cref="DispatcherScopes"/>; wherever a copy of
/// it is left behind, it has no effect once it has ended.
/// </summary>
internal sealed class DispatcherScope(IChangeFilter models) : IChangeFilter, IDisposable
{
    private volatile IChangeFilter? _models = models;

    public bool IsOpen => _models is not null;

    public bool Excludes(ModelListProvider lists, ListedModel model, object instance) =>
        _models is { } models && models.Excludes(lists, model, instance);

    public bool ExcludesOwn(ModelListProvider lists) => _models is { } models && models.ExcludesOwn(lists);

    public void Dispose() => _models = null;
}
