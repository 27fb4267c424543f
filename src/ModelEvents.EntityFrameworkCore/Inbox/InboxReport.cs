using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ModelEvents.Consuming;
using ModelEvents.Diagnostics;

namespace ModelEvents.Inbox;

/// <summary>Counts what the inboxes did, on the meter <c>ModelEvents</c>, and tells of gaps.</summary>
internal sealed class InboxReport
{
    private readonly ILogger _logger;
    private readonly Counter<long> _events;
    private readonly Counter<long> _gaps;

    public InboxReport(ILogger<InboxReport> logger, IMeterFactory? meters = null)
    {
        _logger = logger;
        Meter = meters?.Create(DispatcherMetrics.MeterName) ?? new Meter(DispatcherMetrics.MeterName);
        _events = Meter.CreateCounter<long>(
            "modelevents.inbox.events", "{event}", "Events that an inbox let through or dropped.");
        _gaps = Meter.CreateCounter<long>(
            "modelevents.inbox.gaps", "{event}", "Handled events before which one was missing.");
    }

    public Meter Meter { get; }

    /// <summary>A delivery has ended well.</summary>
    public void Ended(InboxMessage message, InboxOutcome outcome, long? lastBeforeGap)
    {
        var (consumer, its) = message;
        _events.Add(1, new TagList
        {
            { "modelevents.consumer", consumer },
            { "modelevents.outcome", NameOf(outcome) },
        });

        if (outcome != InboxOutcome.Handled || lastBeforeGap is not { } last)
            return;

        _gaps.Add(1, new TagList { { "modelevents.consumer", consumer }, { "modelevents.model", its.Model } });
        Capture.Log.InboxGap(
            _logger,
            consumer,
            PlainText.InLog(its.Model),
            PlainText.InLog(its.Key),
            PlainText.InLog(its.Name),
            its.Id,
            its.PreviousSequence!.Value,
            last);
    }

    private static string NameOf(InboxOutcome outcome) => outcome switch
    {
        InboxOutcome.Handled => "handled",
        InboxOutcome.Duplicate => "duplicate",
        _ => "stale",
    };
}
