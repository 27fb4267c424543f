using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;

namespace ModelEvents.Outbox;

/// <summary>
/// Delivery without a table (<see cref="DeliveryMode.Direct"/>): events wait on the context for the commit and then in
/// memory for the dispatcher.
/// </summary>
internal sealed class DirectOutbox(MemoryOutbox memory, IEventRecorder? recorder) : IOutbox
{
    public string Name => memory.Name;

    public bool IsDurable => memory.IsDurable;

    /// <summary>Whether no save may begin that adds events.</summary>
    public bool IsFull => recorder is null && memory.IsFull;

    /// <inheritdoc cref="MemoryOutbox.Admit"/>
    public void Admit() => memory.Admit();

    /// <inheritdoc cref="MemoryOutbox.Admit"/>
    public Task AdmitAsync(CancellationToken cancellationToken) => memory.AdmitAsync(cancellationToken);

    public void Append(DbContext context, IReadOnlyList<ModelEvent> events) =>
        context.GetService<ContextState>().Uncommitted.Add(events, recorder);

    public Task AppendAsync(DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        Append(context, events);
        return Task.CompletedTask;
    }

    /// <summary>Hands committed events to the dispatcher, or to whoever records in its place.</summary>
    public void Publish(IReadOnlyList<ModelEvent> events)
    {
        if (recorder is null)
            memory.Enqueue(events);
        else
            recorder.Committed(events);
    }

    public Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken) => memory.OpenAsync(cancellationToken);

    public void Wake() => memory.Wake();

    public Task WokenAsync(CancellationToken cancellationToken) => memory.WokenAsync(cancellationToken);

    public Task NotifyOthersAsync(CancellationToken cancellationToken) => memory.NotifyOthersAsync(cancellationToken);

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        memory.GetStatusAsync(cancellationToken);

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken) =>
        memory.ListParkedAsync(limit, handler, cancellationToken);

    public Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken) =>
        memory.RetryParkedAsync(eventIds, handler, cancellationToken);

    public Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken) =>
        memory.DiscardParkedAsync(eventIds, handler, cancellationToken);
}
