namespace ModelEvents.Consuming;

/// <summary>Headers that stand for AMQP properties on transports that have none, such as the in-memory one.</summary>
internal static class PropertyHeaders
{
    public const string AppId = "modelevents-app-id";

    /// <summary>In whole seconds since 1970, as in AMQP.</summary>
    public const string Timestamp = "modelevents-timestamp";

    public static bool Contain(string header) => header is AppId or Timestamp;
}
