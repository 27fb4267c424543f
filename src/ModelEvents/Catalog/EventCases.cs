using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>
/// Which event names the changes of a model can lead to, by the rules of <see cref="EventNames"/> and
/// <see cref="StatusEvents"/>.
/// </summary>
internal static class EventCases
{
    public static IEnumerable<EventCase> Of(ListedModel model) =>
    [
        .. model.StatusType is { } type ? ByStatus(model, StatusValues.Of(type)) : ByAction(model),
        New(model, ChangeAction.Deleted, "was deleted."),
    ];

    private static IEnumerable<EventCase> ByAction(ListedModel model) =>
    [
        New(model, ChangeAction.Created, "was inserted."),
        New(model, ChangeAction.Updated, "was updated."),
    ];

    private static IEnumerable<EventCase> ByStatus(ListedModel model, StatusValues statuses)
    {
        var field = model.StatusField;
        var onChange = model.StatusEvents == StatusEvents.OnChange;
        var orEmpty = statuses.MayBeEmpty ? " or is empty" : "";
        foreach (var status in statuses.Names.DefaultIfEmpty(CatalogEvent.StatusPlaceholder))
        {
            yield return new EventCase(
                model.EventName(status),
                onChange
                    ? $"{model.Name} was inserted with the {field} '{status}', or its {field} changed to it."
                    : $"{model.Name} was inserted or updated, and its {field} is '{status}'.",
                ChangeAction.Created,
                ChangeAction.Updated);
        }

        if (statuses.MayBeEmpty)
            yield return New(model, ChangeAction.Created, $"was inserted without a {field}.");
        if (onChange)
            yield return New(model, ChangeAction.Updated, $"was updated, and its {field} stayed the same{orEmpty}.");
        else if (statuses.MayBeEmpty)
            yield return New(model, ChangeAction.Updated, $"was updated, and its {field} is empty.");
    }

    private static EventCase New(ListedModel model, ChangeAction action, string predicate) =>
        new(model.EventName(action), $"{model.Name} {predicate}", action);
}
