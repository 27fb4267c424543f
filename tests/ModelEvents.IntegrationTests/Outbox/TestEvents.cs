using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

/// <summary>Makes events as capture does.</summary>
internal static class TestEvents
{
    public static ModelEvent Make(string key, string name = "order__updated", int bytes = 0) => new()
    {
        Id = new EventIds(TimeProvider.System).Next(),
        Name = name,
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = bytes == 0 ? """{"id":1}"""u8.ToArray() : new byte[bytes],
        Headers = new Dictionary<string, string> { [EventHeaders.Changed] = "total" },
        OccurredAt = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>Events of one key, named <c>step__1</c> and so on.</summary>
    public static ModelEvent[] Steps(string key, int count) =>
        [.. Enumerable.Range(1, count).Select(step => Make(key, $"step__{step}"))];

    /// <summary>One event for each of many keys, which therefore spread over all lanes.</summary>
    public static ModelEvent[] Spread(int count) =>
        [.. Enumerable.Range(1, count).Select(key => Make($"key-{key}"))];

    public static string[] Keys(this IEnumerable<OutboxEntry> entries) => [.. entries.Select(entry => entry.Event.Key)];

    public static string[] Names(this IEnumerable<OutboxEntry> entries) => [.. entries.Select(entry => entry.Event.Name)];

    public static Guid[] Ids(this IEnumerable<OutboxEntry> entries) => [.. entries.Select(entry => entry.Event.Id)];

    public static ModelEvent[] Events(this IEnumerable<OutboxEntry> entries) => [.. entries.Select(entry => entry.Event)];
}
