namespace ModelEvents.Faults.Servers;

/// <summary>One of the two directions of a connection.</summary>
internal enum PathDirection
{
    ToServer,
    FromServer,
}
