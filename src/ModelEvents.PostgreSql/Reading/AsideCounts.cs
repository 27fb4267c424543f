using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// How many events of each entity are in the table. For one caller at a time. Entities share a count where there are many, so
/// that memory has an end: what is held back for another goes through the table too, in its order.
/// </summary>
internal sealed class AsideCounts
{
    /// <summary>The most counts.</summary>
    public const int Most = 1 << 18;

    private Dictionary<int, int> _counts = [];

    public bool Any => _counts.Count > 0;

    public bool Has(Entity entity) => _counts.ContainsKey(PlaceOf(entity));

    /// <summary>Counts one more; returns whether it did, which may depend on whether there are any.</summary>
    public bool Added(Entity entity, bool onlyIfAny = false)
    {
        var place = PlaceOf(entity);
        if (!_counts.TryGetValue(place, out var count) && onlyIfAny)
            return false;

        _counts[place] = count + 1;
        return true;
    }

    /// <summary>Counts one less.</summary>
    public void Left(Entity entity)
    {
        var place = PlaceOf(entity);
        if (_counts.TryGetValue(place, out var count) && count > 1)
            _counts[place] = count - 1;
        else
            _counts.Remove(place);
    }

    /// <summary>Takes over what the table was found to have.</summary>
    public void Replace(Dictionary<int, int> counts) => _counts = counts;

    /// <summary>Adds what the table has of an entity to counts that are being made.</summary>
    public static void Add(Dictionary<int, int> counts, Entity entity, int count)
    {
        var place = PlaceOf(entity);
        counts[place] = counts.GetValueOrDefault(place) + count;
    }

    private static int PlaceOf(Entity entity) => HashCode.Combine(entity.Model, entity.Key) & (Most - 1);
}
