using System.Diagnostics;
using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>
/// Makes the headers of one save's events. Inserts of a save share one instance, and so do its deletes, which lets an outbox
/// write them once.
/// </summary>
internal sealed class HeadersFactory
{
    // Without a trace they are the same in all saves.
    private static readonly HeadersFactory Plain = new([]);
    private static readonly IReadOnlyDictionary<string, string> PlainCreated =
        Plain.New(ChangeAction.Created).AsReadOnly();
    private static readonly IReadOnlyDictionary<string, string> PlainDeleted =
        Plain.New(ChangeAction.Deleted).AsReadOnly();

    private readonly KeyValuePair<string, string>[] _all;
    private IReadOnlyDictionary<string, string>? _created;
    private IReadOnlyDictionary<string, string>? _deleted;

    /// <summary>Those of a save.</summary>
    public HeadersFactory()
        : this(Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? [new(EventHeaders.TraceParent, id)] : [])
    {
    }

    /// <summary>Those of something else, each with the given ones.</summary>
    public HeadersFactory(params KeyValuePair<string, string>[] all) => _all = all;

    public IReadOnlyDictionary<string, string> Of(Change change) => change.Action switch
    {
        ChangeAction.Created => _created ??= Shared(ChangeAction.Created),
        ChangeAction.Deleted => _deleted ??= Shared(ChangeAction.Deleted),
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

    private IReadOnlyDictionary<string, string> Shared(ChangeAction action) =>
        _all.Length > 0 ? New(action) : action == ChangeAction.Created ? PlainCreated : PlainDeleted;

    private Dictionary<string, string> New(ChangeAction action)
    {
        var headers = new Dictionary<string, string>(5) { [EventHeaders.Action] = EventNames.Word(action) };
        foreach (var (name, value) in _all)
            headers[name] = value;
        return headers;
    }
}
