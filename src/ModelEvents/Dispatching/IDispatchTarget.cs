using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>Where a set of workers takes events: the broker, or one handler.</summary>
internal interface IDispatchTarget
{
    /// <summary>The handler, or <see langword="null"/> for the broker.</summary>
    string? Handler { get; }

    /// <summary>How many workers there are, each with lanes of its own.</summary>
    int Workers { get; }

    /// <summary>How many events to claim now.</summary>
    int ClaimSize { get; }

    /// <summary>Whether it is switched on; while it is not, nothing is claimed for it.</summary>
    bool IsOn { get; }

    /// <summary>Waits until it is switched on.</summary>
    Task UntilOnAsync(CancellationToken cancellationToken);

    /// <summary>Runs a round, again after a rest while the target is away.</summary>
    ValueTask<DeliveredBatch> ExecuteAsync(
        Func<CancellationToken, Task<DeliveredBatch>> round, CancellationToken cancellationToken);

    /// <summary>Delivers what was claimed, and enters what became of it in <paramref name="batch"/>.</summary>
    /// <param name="outbox">The outbox that it was claimed from.</param>
    /// <param name="claimed">The events.</param>
    /// <param name="batch">What becomes of them.</param>
    /// <param name="tokens">When it ends.</param>
    Task DeliverAsync(
        string outbox, IReadOnlyList<OutboxEntry> claimed, DeliveredBatch batch, DeliveryTokens tokens);
}
