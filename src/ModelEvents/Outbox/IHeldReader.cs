namespace ModelEvents.Outbox;

/// <summary>A reader that finds the events that are parked until a queue is bound, without their bodies.</summary>
internal interface IHeldReader
{
    /// <summary>Those events, oldest first, at most <paramref name="limit"/> of them.</summary>
    Task<IReadOnlyList<HeldEvent>> ListHeldAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>An event that is parked until a queue is bound.</summary>
internal readonly record struct HeldEvent(Guid Id, string Service, string Name);
