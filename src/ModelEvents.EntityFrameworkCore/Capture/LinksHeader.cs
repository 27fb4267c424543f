using System.Text.Json;

namespace ModelEvents.Capture;

/// <summary>Writes <see cref="EventHeaders.Links"/>: the keys that were added and removed, per link.</summary>
internal static class LinksHeader
{
    public static string Json(List<LinkChange> changes) =>
        JsonSerializer.Serialize(changes
            .GroupBy(change => change.Link.Name)
            .ToDictionary(
                link => link.Key,
                link => new Dictionary<string, string[]>
                {
                    ["added"] = Keys(link, added: true),
                    ["removed"] = Keys(link, added: false),
                }));

    private static string[] Keys(IEnumerable<LinkChange> changes, bool added) =>
        [.. changes.Where(change => change.Added == added).Select(change => change.Link.OtherKey.Text(change.JoinEntry))];
}
