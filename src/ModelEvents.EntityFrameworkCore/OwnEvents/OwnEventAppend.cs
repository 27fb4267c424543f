using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;
using ModelEvents.Outbox;

namespace ModelEvents.OwnEvents;

/// <summary>
/// Appends own events to the outbox of one context type, in the transaction that a context has now; or at once, as often as
/// the context's execution strategy retries a save.
/// </summary>
internal sealed class OwnEventAppend(Lazy<IOutbox> outbox, CommitWatch commits, EventFactory events)
{
    /// <summary>That of a context's type.</summary>
    /// <exception cref="InvalidOperationException">The context is not captured.</exception>
    public static OwnEventAppend Of(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return InterceptorChain.Of<ModelEventsInterceptor>(context).FirstOrDefault()?.Capture.OwnEvents
            ?? throw new InvalidOperationException(
                $"The context '{context.GetType().Name}' is not captured, so that no event can be triggered on it. Add "
                + $"'.Capture<{context.GetType().Name}>()' to 'AddModelEvents'.");
    }

    public void Append(DbContext context, ModelEvent one)
    {
        if (WaitsForSave(context, one))
            return;

        UserTransaction.ThrowIfLost(context);
        if (outbox.Value is DirectOutbox direct && direct.IsFullFor(context))
            direct.Admit(context);
        CommitWatch.Appending(context);
        if (events.Address([one]) is { Count: > 0 } addressed)
        {
            if (UserTransaction.IsOpen(context))
                outbox.Value.Append(context, addressed);
            else
                context.Database.CreateExecutionStrategy().Execute(() => outbox.Value.Append(context, addressed));
        }

        commits.Appended(context, context.Database.IsRelational());
    }

    public async Task AppendAsync(DbContext context, ModelEvent one, CancellationToken cancellationToken)
    {
        if (WaitsForSave(context, one))
            return;

        UserTransaction.ThrowIfLost(context);
        if (outbox.Value is DirectOutbox direct && direct.IsFullFor(context))
            await direct.AdmitAsync(context, cancellationToken).ConfigureAwait(false);
        CommitWatch.Appending(context);
        if (events.Address([one]) is { Count: > 0 } addressed)
        {
            await (UserTransaction.IsOpen(context)
                ? outbox.Value.AppendAsync(context, addressed, cancellationToken)
                : context.Database.CreateExecutionStrategy().ExecuteAsync(
                    token => outbox.Value.AppendAsync(context, addressed, token), cancellationToken)).ConfigureAwait(false);
        }

        commits.Appended(context, context.Database.IsRelational());
    }

    /// <summary>Inside of a save that has no transaction yet the event is one of the save's.</summary>
    private static bool WaitsForSave(DbContext context, ModelEvent one)
    {
        if (UserTransaction.IsOpen(context) || context.GetService<ContextState>().Save is not { } save)
            return false;

        save.ThrowIfLost(context);
        save.Add(one);
        return true;
    }
}
