using System.Diagnostics.CodeAnalysis;

namespace ModelEvents;

/// <summary>
/// Code called for an event in the background, after the commit, and again until it succeeds or the event is parked.
/// Registered by <c>AddEventHandler</c>. Events of one model and key come one after the other, in their order; others at the
/// same time.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "It handles events, and is no delegate.")]
public interface IEventHandler
{
    /// <summary>
    /// Whether events of this name are for the handler: an event that nobody wants costs no row. Asked inside the save that
    /// appends the event, and therefore to be quick; an exception is logged and means yes. One instance, which lives as long
    /// as the process, is asked by all threads.
    /// </summary>
    /// <param name="eventName">The name, such as <c>order__created</c>.</param>
    bool Wants(string eventName);

    /// <summary>
    /// Handles an event, with an instance and a scope of its own. When it throws, the event is handled again after a rest
    /// (<see cref="DispatcherOptions.RetryDelay"/>) and parked after <see cref="DispatcherOptions.MaxAttempts"/>; later events
    /// of its key wait for it, for this handler alone. A process that dies before it has noted that this has returned calls
    /// it again, with the same <see cref="ModelEvent.Id"/>.
    /// </summary>
    /// <param name="e">The event.</param>
    /// <param name="ct">
    /// Cancelled when a shutdown waits no longer (<see cref="DispatcherOptions.DrainTimeout"/>). A handler that goes on all
    /// the same has 5 seconds to end before it is left, and the event is handled again after the next start.
    /// </param>
    Task HandleAsync(ModelEvent e, CancellationToken ct);
}
