using System.Collections.Concurrent;

namespace ModelEvents.Testing.Bakery;

/// <summary>Flows that run on when the test that started them is over.</summary>
public sealed class Leftovers(BakeryHost bakery)
{
    private readonly TaskCompletionSource _testsAreOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, Task> _flows = new();

    /// <summary>Saves at once, and again in a flow of its own when the tests are over.</summary>
    public void Start(string name)
    {
        bakery.Bake($"{name}, during the test");
        _ = OutliveAsync(name);
    }

    /// <summary>Saves when the tests are over.</summary>
    public Task OutliveAsync(string name) => _flows.GetOrAdd(name, BakeLaterAsync);

    /// <summary>Lets all flows save, and returns the events of each.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync()
    {
        _testsAreOver.SetResult();
        await Task.WhenAll(_flows.Values);
        return
        [
            .. from name in _flows.Keys.Order(StringComparer.Ordinal)
               from key in new[] { $"{name}, during the test", $"{name}, after it" }
               from recorded in bakery.EventsOf(key)
               select $"{key}: {recorded}",
        ];
    }

    private async Task BakeLaterAsync(string name)
    {
        await _testsAreOver.Task;
        await bakery.BakeAsync($"{name}, after it");
    }
}
