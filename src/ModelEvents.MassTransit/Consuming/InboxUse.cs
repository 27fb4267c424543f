namespace ModelEvents.Consuming;

/// <summary>An endpoint's inbox.</summary>
/// <param name="Queue">The endpoint's queue.</param>
/// <param name="Context">The type of the context that the inbox keeps its entries with, under which it is registered.</param>
internal sealed record InboxUse(string Queue, Type Context);
