namespace ModelEvents.Outbox;

/// <summary>Marks, keyed by its type, a context that can deliver from its database's write-ahead log.</summary>
internal sealed class WalChoice;
