using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// How many events of each entity are in the table. For one caller at a time. Few entities share a count, so that memory has an
/// end: they go through the table together.
/// </summary>
internal sealed class AsideCounts
{
    /// <summary>The most counts.</summary>
    public const int Most = 1 << 22;

    private Dictionary<int, int> _counts = [];

    public bool Any => _counts.Count > 0;

    public bool Has(Entity entity) => _counts.ContainsKey(PlaceOf(entity));

    /// <summary>Which entities share the count of one, itself included.</summary>
    public static Predicate<Entity> SharedWith(Entity entity)
    {
        var place = PlaceOf(entity);
        return other => PlaceOf(other) == place;
    }

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
