namespace ModelEvents.OwnEvents;

/// <summary>A context type that <c>Capture</c> was called for, and its <see cref="IModelEvents{TContext}"/>.</summary>
internal sealed record CapturedContext(Type Type, Type Events);
