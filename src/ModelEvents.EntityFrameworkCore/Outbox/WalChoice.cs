namespace ModelEvents.Outbox;

/// <summary>Marks, keyed by its type, a context that can deliver from its database's write-ahead log.</summary>
/// <param name="Context">Its type.</param>
internal sealed record WalChoice(Type Context);
