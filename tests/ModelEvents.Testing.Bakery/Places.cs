namespace ModelEvents.Testing.Bakery;

/// <summary>Where a test may save.</summary>
public static class Places
{
    private static readonly Dictionary<string, Func<BakeryHost, string, Task>> All = new()
    {
        ["own flow"] = (bakery, key) => bakery.BakeAsync(key),
        ["own flow, synchronously"] = (bakery, key) =>
        {
            bakery.Bake(key);
            return Task.CompletedTask;
        },
        ["Task.Run"] = (bakery, key) => Task.Run(() => bakery.BakeAsync(key)),
        ["Thread"] = InThreadAsync,
        ["Parallel.ForEachAsync"] = (bakery, key) =>
            Parallel.ForEachAsync([key], async (each, _) => await bakery.BakeAsync(each)),
        ["request"] = (bakery, key) => bakery.RequestAsync(key),
    };

    /// <summary>Saves one of each model at each place, and returns the events of each.</summary>
    public static async Task<IReadOnlyList<string>> BakeEverywhereAsync(BakeryHost bakery, string batch)
    {
        foreach (var (place, bakeAsync) in All)
            await bakeAsync(bakery, $"{batch}, {place}");
        return bakery.EventsIn(batch);
    }

    /// <summary>
    /// Saves two loaves at once, the first of them disabled, and then deletes the first, which is not disabled any more.
    /// Returns the events of both.
    /// </summary>
    public static async Task<IReadOnlyList<string>> BakeOneSilentlyAsync(BakeryHost bakery, string batch)
    {
        var (first, second) = (new Loaf { Id = $"{batch}, first" }, new Loaf { Id = $"{batch}, second" });
        using (Dispatcher.Disable(first))
            await Task.Run(() => bakery.SaveAsync(context => context.AddRange(first, second)));
        await bakery.SaveAsync(context => context.Remove(first));
        return bakery.EventsIn(batch);
    }

    /// <summary>What that returns if each place makes these events.</summary>
    public static IReadOnlyList<string> Each(params string[] names) => Each(All.Keys, names);

    /// <summary>The same at other places.</summary>
    public static IReadOnlyList<string> Each(IEnumerable<string> places, string[] names) =>
        [.. places.SelectMany(place => names.Select(name => $"{place}: {name}")).Order(StringComparer.Ordinal)];

    private static Task InThreadAsync(BakeryHost bakery, string key)
    {
        var done = new TaskCompletionSource();
        new Thread(() =>
        {
            try
            {
                bakery.Bake(key);
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        }).Start();
        return done.Task;
    }
}
