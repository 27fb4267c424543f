namespace ModelEvents.Outbox;

/// <summary>Events of one save, as they are stored.</summary>
/// <param name="Count">How many they are.</param>
/// <param name="Bytes">What <see cref="EventPackWriter"/> wrote.</param>
internal readonly record struct EventPack(int Count, ReadOnlyMemory<byte> Bytes);
