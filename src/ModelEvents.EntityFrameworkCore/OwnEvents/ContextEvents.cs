using Microsoft.EntityFrameworkCore;

namespace ModelEvents.OwnEvents;

/// <summary>Own events on one context instance. Next stop: <see cref="OwnEventAppend"/>.</summary>
internal class ContextEvents(DbContext context, OwnEventFactory factory) : IModelEvents
{
    private readonly OwnEventAppend _append = OwnEventAppend.Of(context);

    public void Trigger(string name, object? body, string? key)
    {
        if (factory.Create(name, body, key) is { } one)
            _append.Append(context, one);
    }

    public Task TriggerAsync(string name, object? body, string? key, CancellationToken cancellationToken) =>
        factory.Create(name, body, key) is { } one
            ? _append.AppendAsync(context, one, cancellationToken)
            : Task.CompletedTask;

    public IModelEvents OnContext(DbContext other) => new ContextEvents(other, factory);
}

/// <inheritdoc/>
internal sealed class ContextEvents<TContext>(TContext context, OwnEventFactory factory)
    : ContextEvents(context, factory), IModelEvents<TContext>
    where TContext : DbContext;
