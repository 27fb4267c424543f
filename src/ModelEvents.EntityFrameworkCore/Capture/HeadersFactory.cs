using System.Diagnostics;
using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>
/// Makes the headers of one save's events. Inserts of a save share one instance, and so do its deletes, which lets an outbox
/// write them once.
/// </summary>
internal sealed class HeadersFactory
{
    private readonly string? _traceParent =
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    private Dictionary<string, string>? _created;
    private Dictionary<string, string>? _deleted;

    public IReadOnlyDictionary<string, string> Of(Change change) => change.Action switch
    {
        ChangeAction.Created => _created ??= New(ChangeAction.Created),
        ChangeAction.Deleted => _deleted ??= New(ChangeAction.Deleted),
        _ => Updated(change),
    };

    private Dictionary<string, string> Updated(Change change)
    {
        var headers = New(ChangeAction.Updated);
        headers[EventHeaders.Changed] = change.BeforeUnknown ? "*" : string.Join(',', change.ChangedNames!);
        if (EventNames.StatusOf(change.PreviousStatus) is { Length: > 0 } previous)
            headers[EventHeaders.PreviousStatus] = previous;
        if (change.Links is { } links)
            headers[EventHeaders.Links] = LinksHeader.Json(links);
        return headers;
    }

    private Dictionary<string, string> New(ChangeAction action)
    {
        var headers = new Dictionary<string, string>(5) { [EventHeaders.Action] = EventNames.Word(action) };
        if (_traceParent is not null)
            headers[EventHeaders.TraceParent] = _traceParent;
        return headers;
    }
}
