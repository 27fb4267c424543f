namespace ModelEvents.Publishing;

/// <summary>No connection to the broker could be made; the message says why, without a credential.</summary>
internal sealed class BrokerAwayException(string message, Exception inner) : Exception(message, inner);
