using System.Collections.Concurrent;

namespace ModelEvents.Dispatching;

/// <summary>
/// The event names that no queue received so far, to tell of each once. Names can hold a status from the data, so that
/// only the first thousand are remembered and told.
/// </summary>
internal sealed class UnroutableNames
{
    private const int Most = 1000;

    private readonly ConcurrentDictionary<(string Service, string Name), bool> _seen = new();

    public bool IsNew(ModelEvent item) =>
        !_seen.ContainsKey((item.Service, item.Name))
        && _seen.Count < Most
        && _seen.TryAdd((item.Service, item.Name), true);
}
