using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>Parts what was read by the targets of its events.</summary>
internal static class TargetParts
{
    /// <summary>Whether an event goes to that handler, or to the broker where the name is empty.</summary>
    public static bool Has(ModelEvent one, string handler) => handler.Length == 0
        ? one.Targets?.Broker != false
        : one.Targets?.Handlers.Contains(handler) == true;

    /// <summary>Whether any event goes elsewhere than to the broker alone.</summary>
    public static bool AreThere(IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read)
    {
        foreach (var (events, _) in read)
        {
            if (Array.Exists(events, one => one.Targets is not null))
                return true;
        }

        return false;
    }

    /// <summary>
    /// The events of each target, in their order and with their groups: under the handler's name, or an empty one for the
    /// broker.
    /// </summary>
    public static Dictionary<string, List<(ModelEvent[] Events, EventGroup Group)>> Of(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read)
    {
        var parts = new Dictionary<string, List<(ModelEvent[], EventGroup)>>(StringComparer.Ordinal);
        foreach (var (events, group) in read)
        {
            foreach (var its in EventTargets.Part(events).GroupBy(one => one.Handler ?? ""))
                PartOf(its.Key).Add(([.. its], group));
        }

        return parts;

        List<(ModelEvent[], EventGroup)> PartOf(string handler)
        {
            if (!parts.TryGetValue(handler, out var part))
                parts[handler] = part = [];
            return part;
        }
    }
}
