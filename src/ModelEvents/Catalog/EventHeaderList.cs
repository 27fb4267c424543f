using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>The headers that stand on the wire with a model's events, and with own ones.</summary>
internal static class EventHeaderList
{
    private const string Text = "string";
    private const string Number = "integer";

    public static IReadOnlyList<CatalogHeader> Of(ListedModel model, IReadOnlyList<ChangeAction> actions) =>
    [
        new(EventHeaders.Model, Text, "Full name of the changed model.") { Values = [model.Name] },
        new(EventHeaders.Action, Text, "What happened to the instance.") { Values = [.. actions.Select(EventNames.Word)] },
        new(EventHeaders.Key, Text, "The instance's key; a JSON array where it is composite."),
        new(EventHeaders.Sequence, Number, "Grows with every event of the same model and key."),
        .. actions.Contains(ChangeAction.Updated) ? OfUpdate(model) : [],
        .. model.Capture == CaptureSource.Log ? OfLog : [],
        new(EventHeaders.TraceParent, Text, "The W3C trace context of the change.", IsOptional: true),
        Cut,
    ];

    public static IReadOnlyList<CatalogHeader> OfOwn { get; } =
    [
        new(EventHeaders.Key, Text, "The key that the event was triggered with; without one, the event's id."),
        new(EventHeaders.Sequence, Number, "Grows with every own event of the same key."),
        new(EventHeaders.TraceParent, Text, "The W3C trace context in which it was triggered.", IsOptional: true),
        Cut,
    ];

    private static CatalogHeader Cut => new(
        EventHeaders.Cut, Text, "Names of headers that were over 8 KiB and are cut, separated by commas.", IsOptional: true);

    private static IReadOnlyList<CatalogHeader> OfLog { get; } =
    [
        new(EventHeaders.Source, Text, "That the change was seen in the database's log.") { Values = ["log"] },
        new(EventHeaders.Transaction, Text, "The id of the database's transaction."),
        new(EventHeaders.Origin, Text, "Who did it, where the transaction says so.", IsOptional: true),
    ];

    private static IEnumerable<CatalogHeader> OfUpdate(ListedModel model)
    {
        yield return new(
            EventHeaders.Changed,
            Text,
            "Only on updates: the changed properties, separated by commas, or '*' where the values before are not known.",
            IsOptional: true);

        if (model.StatusField is { } field)
        {
            yield return new(
                EventHeaders.PreviousStatus,
                Text,
                $"Only on updates: the {field} before, where it was not empty and is known.",
                IsOptional: true);
        }

        yield return new(
            EventHeaders.Links,
            Text,
            "Only on updates of many-to-many links: the keys added and removed, as JSON such as "
            + """{"tags":{"added":["1"],"removed":["2"]}}.""",
            IsOptional: true);
    }
}
