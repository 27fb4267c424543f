namespace ModelEvents.Faults.Checking;

/// <summary>Follows what a consumer notes while the campaign runs.</summary>
internal sealed class Arrivals(string queue, string file)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<string> _keys = [];
    private readonly List<(double SavedAfter, TaskCompletionSource<double> Arrival)> _waiting = [];
    private readonly Lock _lock = new();

    public string Queue => queue;

    public string File => file;

    public int Count { get; private set; }

    /// <summary>When the first event arrives that was saved after a moment.</summary>
    public Task<double> FirstSavedAfter(double moment)
    {
        var arrival = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((moment, arrival));
        return arrival.Task;
    }

    public int CountMissing(IEnumerable<string> keys)
    {
        lock (_lock)
            return keys.Count(key => !_keys.Contains(key));
    }

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var rest = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            var read = rest + await reader.ReadToEndAsync(CancellationToken.None);
            var end = read.LastIndexOf('\n') + 1;
            rest = read[end..];
            foreach (var line in read[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
                See(Delivery.Parse(line));
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void See(Delivery delivery)
    {
        lock (_lock)
        {
            Count++;
            _keys.Add(delivery.Key);
            foreach (var (savedAfter, arrival) in _waiting)
            {
                if (delivery.SavedAt > savedAfter)
                    arrival.TrySetResult(delivery.At);
            }

            _waiting.RemoveAll(one => one.Arrival.Task.IsCompleted);
        }
    }
}
