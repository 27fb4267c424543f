using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Configuration;

namespace ModelEvents.OwnEvents;

/// <summary>Own events on the only captured context of a scope, made when the first is triggered.</summary>
internal sealed class ScopedModelEvents(
    IServiceProvider scope, IEnumerable<CapturedContext> contexts, OwnEventFactory factory) : IModelEvents
{
    private IModelEvents? _events;

    private IModelEvents Events => _events ??= (IModelEvents)scope.GetRequiredService(TheOnly().Events);

    public void Trigger(string name, object? body, string? key) => Events.Trigger(name, body, key);

    public Task TriggerAsync(string name, object? body, string? key, CancellationToken cancellationToken) =>
        Events.TriggerAsync(name, body, key, cancellationToken);

    public IModelEvents OnContext(DbContext context) => new ContextEvents(context, factory);

    private CapturedContext TheOnly() => contexts.ToList() is [var only]
        ? only
        : throw new InvalidOperationException(
            "An event cannot be triggered without saying on which context, as "
            + $"{Nearest.Quote(contexts.Select(context => context.Type.Name), "and")} are captured. "
            + $"Ask for 'IModelEvents<{contexts.First().Type.Name}>', or use 'OnContext'.");
}
