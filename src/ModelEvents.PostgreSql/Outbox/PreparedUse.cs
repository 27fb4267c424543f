namespace ModelEvents.Outbox;

/// <summary>
/// How often a statement came, and whether it is worth preparing. Not exact where several threads count, which does no harm.
/// </summary>
internal sealed class PreparedUse
{
    // Npgsql prepares after as many uses where it is to do so by itself.
    private const int UsesBefore = 5;

    private int _uses;
    private bool _isToPrepare;

    /// <summary>Notes a use; returns whether the statement is to be prepared.</summary>
    public bool Count(Limit limit)
    {
        if (!_isToPrepare && ++_uses >= UsesBefore)
            _isToPrepare = limit.TryTake();
        return _isToPrepare;
    }

    /// <summary>How many statements may be prepared.</summary>
    public sealed class Limit
    {
        // Each is kept by every session of the pool, with its plan.
        private const int Most = 100;

        private int _taken;

        public bool TryTake() => _taken < Most && Interlocked.Increment(ref _taken) <= Most;
    }
}
