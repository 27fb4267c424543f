namespace ModelEvents.Consuming;

/// <summary>
/// Puts the deliveries of a channel back into the order of their tags, which count up from 1
/// (https://www.rabbitmq.com/docs/confirms#consumer-acks-delivery-tags).
/// </summary>
internal sealed class Arrivals(TimeProvider time)
{
    /// <summary>
    /// How long deliveries are waited for that must be on their way, as they were read before. MassTransit drops some when
    /// an endpoint stops.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<ulong, Arrival> _waiting = [];
    private ulong _next = 1;

    /// <summary>Calls <paramref name="join"/> once all deliveries before this one have joined.</summary>
    public async Task AddAsync(ulong tag, Action join)
    {
        var arrival = new Arrival(join);
        lock (_waiting)
        {
            if (tag < _next)
                arrival.Join();
            else
                _waiting.Add(tag, arrival);

            JoinThoseInOrder();
        }

        if (arrival.Joined.IsCompleted)
            return;

        try
        {
            await arrival.Joined.WaitAsync(Patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GoOnWith(tag);
        }
    }

    private void GoOnWith(ulong tag)
    {
        lock (_waiting)
        {
            while (_next <= tag)
            {
                _next = _waiting.First().Key;
                JoinThoseInOrder();
            }
        }
    }

    private void JoinThoseInOrder()
    {
        while (_waiting.Remove(_next, out var arrival))
        {
            _next++;
            arrival.Join();
        }
    }

    private sealed class Arrival(Action join)
    {
        private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Joined => _joined.Task;

        public void Join()
        {
            join();
            _joined.SetResult();
        }
    }
}
