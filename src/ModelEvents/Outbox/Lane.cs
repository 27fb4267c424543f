namespace ModelEvents.Outbox;

/// <summary>
/// A slice of keys inside which order is kept. Every event of one model and key is in the same lane, in every process
/// and version: the number of lanes is part of the stored data and therefore not configurable.
/// </summary>
public static class Lane
{
    /// <summary>The number of lanes: lanes are numbered from 0 to 63.</summary>
    public const short Count = 64;

    private const uint Seed = 2166136261;

    /// <summary>The lane of a model's key.</summary>
    public static short Of(string model, string key) => (short)(Fnv1a(Fnv1a(Seed, model), key) % Count);

    private static uint Fnv1a(uint hash, string text)
    {
        foreach (var character in text)
        {
            hash = (hash ^ (byte)character) * 16777619;
            hash = (hash ^ (byte)(character >> 8)) * 16777619;
        }

        return (hash ^ 0xFF) * 16777619;
    }
}
