namespace ModelEvents.Handlers;

/// <summary>A class that is registered as a handler.</summary>
/// <param name="Type">The class.</param>
/// <param name="Name">Its name in the configuration, and with the events that wait for it.</param>
internal sealed record HandlerType(Type Type, string Name)
{
    /// <summary>How long a name may be, so that a database can have it in a key.</summary>
    public const int MaxNameLength = 200;
}
