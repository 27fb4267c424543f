using Microsoft.Extensions.Options;
using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>The broker, by way of the publisher. Next stop: <see cref="BatchPublisher"/>.</summary>
internal sealed class BrokerTarget(
    BatchPublisher publisher, PublisherCircuit circuit, IOptions<ModelEventsOptions> options) : IDispatchTarget
{
    public string? Handler => null;

    public int Workers { get; } = options.Value.Dispatcher.Workers;

    public int ClaimSize => circuit.ClaimSize;

    public bool IsOn => true;

    public Task UntilOnAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<DeliveredBatch> ExecuteAsync(
        Func<CancellationToken, Task<DeliveredBatch>> round, CancellationToken cancellationToken) =>
        circuit.ExecuteAsync(round, cancellationToken);

    public async Task DeliverAsync(
        string outbox, IReadOnlyList<OutboxEntry> claimed, DeliveredBatch batch, DeliveryTokens tokens)
    {
        try
        {
            await publisher.PublishAsync(outbox, claimed, batch, tokens.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
            when (tokens.Ending.IsCancellationRequested && !tokens.GivingUp.IsCancellationRequested)
        {
            // The lead is given up: what the broker took before is noted all the same.
        }
    }
}
