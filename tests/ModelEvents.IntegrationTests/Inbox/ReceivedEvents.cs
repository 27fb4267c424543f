using ModelEvents.Consuming;

namespace ModelEvents.Tests.Inbox;

internal static class ReceivedEvents
{
    public static ReceivedEvent Received(
        long sequence = 1,
        long? previous = null,
        string key = "7",
        ChangeAction action = ChangeAction.Updated,
        string service = "shop",
        string? name = null) => new()
        {
            Id = Guid.CreateVersion7(),
            Name = name ?? $"order__{sequence}",
            Service = service,
            Model = "Shop.Order",
            Key = key,
            Action = action,
            Sequence = sequence,
            PreviousSequence = previous,
            OccurredAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
}
