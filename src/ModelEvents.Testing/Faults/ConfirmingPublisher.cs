using ModelEvents.Publishing;

namespace ModelEvents.Testing;

/// <summary>Confirms every event and publishes none.</summary>
internal sealed class ConfirmingPublisher : IEventPublisher
{
    public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PublishOutcome>>([.. events.Select(_ => PublishOutcome.Confirmed)]);
}
