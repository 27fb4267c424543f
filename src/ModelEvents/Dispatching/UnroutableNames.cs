using System.Collections.Concurrent;

namespace ModelEvents.Dispatching;

/// <summary>
/// The event names that no queue receives, to tell of each once until one does. Names can hold a status from the data, so that
/// only the first thousand are remembered and told.
/// </summary>
internal sealed class UnroutableNames
{
    private const int Most = 1000;

    private readonly ConcurrentDictionary<(string Service, string Name), bool> _seen = new();
    private volatile bool _isAnySeen;

    /// <summary>Whether no further name is remembered.</summary>
    public bool IsFull => _seen.Count >= Most;

    public bool Contains(string service, string name) => _isAnySeen && _seen.ContainsKey((service, name));

    public bool IsNew(ModelEvent item)
    {
        if (_seen.ContainsKey((item.Service, item.Name)) || IsFull)
            return false;

        _isAnySeen = true;
        return _seen.TryAdd((item.Service, item.Name), true);
    }

    /// <summary>A queue has received an event of this name: if none does again, that is news.</summary>
    public void Heard(ModelEvent item) => Forget(item.Service, item.Name);

    public void Forget(string service, string name)
    {
        if (_isAnySeen)
            _seen.TryRemove((service, name), out _);
    }
}
