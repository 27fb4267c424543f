using ModelEvents.Consuming;
using ModelEvents.Inbox;

namespace ModelEvents;

/// <summary>
/// The inbox of one context: its tables, which become part of the context's EF model and so of its migrations, and how
/// long it remembers. Mistakes are reported at start-up, all at once.
/// </summary>
public sealed class InboxOptions
{
    /// <summary>
    /// The name of the table of handled events. With <c>_sequences</c> behind it, that of the table of last handled events
    /// per model and key, which is empty unless <see cref="DropStale"/> is on. Default: <c>model_events_inbox</c>.
    /// </summary>
    public string Table { get; set; } = InboxTables.DefaultTable;

    /// <summary>The schema of both tables. Default: the context's default schema.</summary>
    public string? Schema { get; set; }

    /// <summary>
    /// How long a handled event is remembered. It must be longer than an event can take until it is delivered again: than
    /// the publisher's longest outage, and than messages wait in an error queue before someone moves them back. One that
    /// comes later is handled again. Default: 7 days. Range: 1 minute to 3650 days.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How often this process deletes what is older than <see cref="Retention"/>. The first time is after a minute at most.
    /// Default: 1 hour. Range: 1 second to 1 day.
    /// </summary>
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether an event is dropped when a later one of the same model and key was handled before it
    /// (<see cref="InboxOutcome.Stale"/>). Costs one statement for each event. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// <para>The last handled sequence of a key is kept as long as the instance lives, and for <see cref="Retention"/> after
    /// its <c>deleted</c> event was handled. Where the publisher starts its sequence anew, because its database was made
    /// anew or it changed its <see cref="ModelEventsOptions.Delivery"/>, delete its rows from the table: all its events would be
    /// stale. So is an event that is moved back from an error queue after a later one of its key was handled.</para>
    /// <para>Where the event says which one preceded it, an event that is missing between is logged and counted
    /// (<c>modelevents.inbox.gaps</c>). A consumer that receives only some of a model's events sees gaps all the time.</para>
    /// </remarks>
    public bool DropStale { get; set; }
}
