namespace ModelEvents.LogCapture;

/// <summary>A column as the log describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsKey">Whether it is part of the replica identity: known of the row before an update or delete.</param>
/// <param name="TypeId">The OID of its type.</param>
internal readonly record struct LogColumn(string Name, bool IsKey, uint TypeId);
