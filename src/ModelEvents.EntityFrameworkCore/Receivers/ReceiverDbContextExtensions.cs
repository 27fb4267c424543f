using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents;
using ModelEvents.Capture;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Saves that ask receivers for no side effects, and what receivers made of the last save.</summary>
public static class ReceiverDbContextExtensions
{
    /// <summary>
    /// Saves as <c>SaveChanges</c> does, and tells receivers that it is a bulk load that asks for no side effects
    /// (<see cref="ReceiverContext.Raw"/>). Events are published as always.
    /// </summary>
    /// <param name="context">A captured context.</param>
    /// <param name="acceptAllChangesOnSuccess">Whether changes are accepted after the save, as always.</param>
    /// <exception cref="InvalidOperationException">The context is not captured.</exception>
    public static int SaveChangesRaw(this DbContext context, bool acceptAllChangesOnSuccess = true)
    {
        var state = StateOf(context);
        state.IsRaw = true;
        try
        {
            return context.SaveChanges(acceptAllChangesOnSuccess);
        }
        finally
        {
            state.IsRaw = false;
        }
    }

    /// <inheritdoc cref="SaveChangesRaw"/>
    public static Task<int> SaveChangesRawAsync(this DbContext context, CancellationToken cancellationToken = default) =>
        context.SaveChangesRawAsync(acceptAllChangesOnSuccess: true, cancellationToken);

    /// <inheritdoc cref="SaveChangesRaw"/>
    public static async Task<int> SaveChangesRawAsync(
        this DbContext context, bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var state = StateOf(context);
        state.IsRaw = true;
        try
        {
            return await context.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            state.IsRaw = false;
        }
    }

    /// <summary>
    /// The exceptions of receivers with <see cref="SendMode.SendRobust"/> that the last save of the context has met; those of
    /// saves inside of it included.
    /// </summary>
    /// <exception cref="InvalidOperationException">The context is not captured.</exception>
    public static IReadOnlyList<ReceiverFailure> ReceiverFailures(this DbContext context) =>
        StateOf(context).Failures ?? (IReadOnlyList<ReceiverFailure>)[];

    private static ContextState StateOf(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ((IInfrastructure<IServiceProvider>)context).Instance.GetService(typeof(ContextState)) as ContextState
            ?? throw new InvalidOperationException(
                $"The context '{context.GetType().Name}' is not captured, so that nothing receives its saves. Add "
                + $"'.Capture<{context.GetType().Name}>()' to 'AddModelEvents'.");
    }
}
