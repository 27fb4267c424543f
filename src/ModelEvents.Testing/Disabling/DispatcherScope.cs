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
    private volatile bool _wasAsked;

    public bool IsOpen => _models is not null;

    /// <summary>Whether it was opened in a flow, which may have ended before it.</summary>
    public bool IsOfFlow { get; init; }

    public bool Excludes(ModelListProvider lists, ListedModel model, object instance)
    {
        _wasAsked = true;
        return _models is { } models && models.Excludes(lists, model, instance);
    }

    public bool ExcludesOwn(ModelListProvider lists)
    {
        _wasAsked = true;
        return _models is { } models && models.ExcludesOwn(lists);
    }

    /// <exception cref="InvalidOperationException">No save was in its flow, which has ended already.</exception>
    public void Dispose()
    {
        if (!IsOpen)
            return;

        _models = null;
        if (IsOfFlow && !_wasAsked && !DispatcherScopes.Installed.IsInFlow(this))
        {
            throw new InvalidOperationException(
                "'Dispatcher.Disable()' has disabled nothing: the flow that it was called in ended before any save, as that of "
                + "an 'async' method or of a hook of some test frameworks does when it returns. Call it in the test itself, or "
                + "hand the flow on: under TUnit by 'context.AddAsyncLocalValues()' after it, in a '[Before(Test)]' hook.");
        }
    }
}
