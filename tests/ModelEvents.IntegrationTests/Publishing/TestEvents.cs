using System.Text;

namespace ModelEvents.Tests.Publishing;

/// <summary>Events as an outbox would hand them to a publisher.</summary>
internal static class TestEvents
{
    public static ModelEvent Create(string service, string key, long sequence = 1, string name = "order__created") => new()
    {
        Id = Guid.CreateVersion7(),
        Name = name,
        Service = service,
        Model = "Shop.Order",
        Key = key,
        Body = Encoding.UTF8.GetBytes($$"""{"id":"{{key}}","sequence":{{sequence}}}"""),
        Headers = new Dictionary<string, string> { [EventHeaders.Action] = "created" },
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Sequence = sequence,
    };

    /// <summary>Events of many keys, interleaved, with the sequence of each key from 1 on.</summary>
    public static IReadOnlyList<ModelEvent> Interleaved(string service, string keys, int keyCount, int eventsPerKey) =>
    [
        .. from sequence in Enumerable.Range(1, eventsPerKey)
           from key in Enumerable.Range(0, keyCount)
           select Create(service, $"{keys}{key}", sequence),
    ];
}
