namespace ModelEvents.Publishing;

/// <summary>
/// Where each event of a run stands: it waits for its turn, is in flight, or is settled. A key's next event gets its turn
/// when the one before it is done: one that the broker returns or refuses is not overtaken.
/// </summary>
internal sealed class EventTurns(IReadOnlyList<ModelEvent> events, Func<PublishStatus, bool> isDone)
{
    /// <summary>The most events in flight: bounds what a lost channel sends twice.</summary>
    private const int MaxInFlight = 1024;

    /// <summary>How much smaller the circle of suspects gets each time that one of them closes the channel.</summary>
    private const int Narrowing = 8;

    private const int Landed = -1;

    private readonly Lock _lock = new();
    private readonly KeyOrder _order = new(events);
    private readonly PublishOutcome?[] _outcomes = new PublishOutcome?[events.Count];
    private readonly List<int> _sent = new(events.Count);
    private TaskCompletionSource _moved = NewSignal();
    private Queue<int>? _waiting;
    private ulong _firstTag;
    private int _oldest;
    private int _nextReturn;
    private int _inFlight;
    private int _window = MaxInFlight;
    private int _unsettled = events.Count;

    /// <summary>Whether every event is settled.</summary>
    public bool AreOver => Volatile.Read(ref _unsettled) == 0;

    public int InFlight => Volatile.Read(ref _inFlight);

    private Queue<int> Waiting => _waiting ??= new Queue<int>(_order.Firsts);

    /// <summary>
    /// Returns what completes when, from now on, there is something to send or nothing more to wait for. Asked for before
    /// one looks, so that nothing is missed.
    /// </summary>
    public Task NextMove()
    {
        lock (_lock)
        {
            if (_moved.Task.IsCompleted)
                _moved = NewSignal();

            return _moved.Task;
        }
    }

    /// <summary>Starts on a channel that will number its next message <paramref name="firstTag"/>.</summary>
    public void Begin(ulong firstTag)
    {
        lock (_lock)
        {
            var lost = _sent.Where(position => position != Landed).ToArray();
            if (lost.Length > 0)
                _waiting = new Queue<int>([.. lost, .. Waiting]);

            Array.ForEach(lost, position => _outcomes[position] = null);
            _sent.Clear();
            (_firstTag, _oldest, _nextReturn, _inFlight) = (firstTag, 0, 0, 0);
        }
    }

    /// <summary>Gives the next event to send, which counts as in flight from now on.</summary>
    public bool TryTake(out int position)
    {
        lock (_lock)
        {
            position = 0;
            if (_inFlight >= _window || !Waiting.TryDequeue(out position))
                return false;

            _sent.Add(position);
            _inFlight++;
            return true;
        }
    }

    /// <summary>Settles the event that was taken last and cannot be sent.</summary>
    public void SettleUnsent(PublishOutcome outcome)
    {
        lock (_lock)
            Settle(TakeLast(), outcome);
    }

    /// <summary>Takes back the event that was taken last and then not sent.</summary>
    public void PutBack()
    {
        lock (_lock)
            Waiting.Enqueue(TakeLast());
    }

    /// <summary>Notes that the broker returned an event, whose confirm is still to come.</summary>
    public void Return(Guid eventId, PublishOutcome outcome)
    {
        lock (_lock)
        {
            // The broker returns in the order it was sent to.
            for (; _nextReturn < _sent.Count; _nextReturn++)
            {
                var position = _sent[_nextReturn];
                if (position == Landed || events[position].Id != eventId)
                    continue;

                _outcomes[position] = outcome;
                return;
            }
        }
    }

    /// <summary>Settles what the broker's tag stands for.</summary>
    public void Land(ulong tag, bool multiple, PublishOutcome outcome)
    {
        lock (_lock)
        {
            var last = (int)(tag - _firstTag);
            for (var index = multiple ? _oldest : last; index <= last; index++)
                LandAt(index, outcome);

            while (_oldest < _sent.Count && _sent[_oldest] == Landed)
                _oldest++;

            // Not for each place that gets free: going on costs more than sending does.
            if (AreOver || (_inFlight <= _window / 2 && Waiting.Count > 0))
                _moved.TrySetResult();
        }
    }

    /// <summary>
    /// The broker closed the channel because of one event in flight, without saying of which. If there is only one, it is
    /// settled; otherwise fewer go at a time, until there is. Returns how many were suspected.
    /// </summary>
    public int FindCulprit(PublishOutcome refusal)
    {
        lock (_lock)
        {
            var suspects = _inFlight;
            _window = suspects > 1 ? Math.Max(1, suspects / Narrowing) : MaxInFlight;
            if (suspects == 1)
                LandAll(refusal);

            return suspects;
        }
    }

    /// <summary>Settles everything in flight.</summary>
    public void LandAll(PublishOutcome outcome)
    {
        lock (_lock)
        {
            for (var index = _oldest; index < _sent.Count; index++)
                LandAt(index, outcome);
        }
    }

    /// <summary>Lets whoever waits for <see cref="NextMove"/> look again.</summary>
    public void Wake()
    {
        lock (_lock)
            _moved.TrySetResult();
    }

    /// <summary>What became of the events, in their positions.</summary>
    public PublishOutcome[] Outcomes(PublishOutcome? ofUnsettled)
    {
        lock (_lock)
        {
            foreach (var position in _sent.Where(position => position != Landed))
                _outcomes[position] = null;

            return Array.ConvertAll(_outcomes, outcome => outcome ?? ofUnsettled!.Value);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int TakeLast()
    {
        var position = _sent[^1];
        _sent.RemoveAt(_sent.Count - 1);
        _inFlight--;
        return position;
    }

    private void LandAt(int index, PublishOutcome outcome)
    {
        var position = _sent[index];
        if (position == Landed)
            return;

        _sent[index] = Landed;
        _inFlight--;
        Settle(position, _outcomes[position] ?? outcome);
    }

    private void Settle(int position, PublishOutcome outcome)
    {
        _outcomes[position] = outcome;
        _unsettled--;
        var next = _order.Next(position);
        if (next != 0 && isDone(outcome.Status))
        {
            Waiting.Enqueue(next);
            return;
        }

        for (; next != 0; next = _order.Next(next))
        {
            _outcomes[next] = PublishOutcome.Held;
            _unsettled--;
        }
    }
}
