namespace ModelEvents.Consuming;

/// <summary>A received event as an inbox knows it.</summary>
/// <param name="Consumer">Who handles it: each consumer handles each event once.</param>
/// <param name="Event">The event.</param>
public sealed record InboxMessage(string Consumer, ReceivedEvent Event);
