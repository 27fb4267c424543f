using ModelEvents.Outbox;

namespace ModelEvents.LogReading;

/// <inheritdoc />
internal sealed class ModelEventLog(IEnumerable<IOutboxReader> outboxes) : IModelEventLog
{
    public async Task SetUpAsync(CancellationToken cancellationToken = default)
    {
        foreach (var outbox in outboxes.OfType<WalOutbox>())
            await outbox.SetUpAsync(cancellationToken).ConfigureAwait(false);
    }
}
