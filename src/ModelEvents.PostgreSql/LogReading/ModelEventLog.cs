namespace ModelEvents.Outbox;

/// <inheritdoc />
internal sealed class ModelEventLog(IEnumerable<IOutboxReader> outboxes) : IModelEventLog
{
    public async Task SetUpAsync(CancellationToken cancellationToken = default)
    {
        foreach (var outbox in outboxes.OfType<WalOutbox>())
        {
            var log = await outbox.LogAsync().ConfigureAwait(false);
            await log.SetUpAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task AcknowledgeLossAsync(CancellationToken cancellationToken = default)
    {
        foreach (var outbox in outboxes.OfType<WalOutbox>())
        {
            var log = await outbox.LogAsync().ConfigureAwait(false);
            await log.AcknowledgeLossAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
