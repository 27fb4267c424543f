using Microsoft.EntityFrameworkCore;

namespace ModelEvents;

/// <summary>Triggers own events on the scope's <typeparamref name="TContext"/>, where several contexts are captured.</summary>
/// <typeparam name="TContext">The captured context.</typeparam>
public interface IModelEvents<TContext> : IModelEvents
    where TContext : DbContext;
