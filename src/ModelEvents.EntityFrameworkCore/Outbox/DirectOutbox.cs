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

    /// <summary>Whether no save may begin on <paramref name="context"/> that adds events.</summary>
    public bool IsFullFor(DbContext context)
    {
        if (recorder is not null)
            return false;

        var (events, bytes) = HeldBy(context);
        return memory.IsFullWith(events, bytes);
    }

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public void Admit(DbContext context)
    {
        var (events, bytes) = HeldBy(context);
        memory.Admit(events, bytes);
    }

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public Task AdmitAsync(DbContext context, CancellationToken cancellationToken)
    {
        var (events, bytes) = HeldBy(context);
        return memory.AdmitAsync(events, bytes, cancellationToken);
    }

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

    private static (int Events, long Bytes) HeldBy(DbContext context) => context.GetService<ContextState>().Held;
}
