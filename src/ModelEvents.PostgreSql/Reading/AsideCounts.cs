using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>How many events of each entity are in the table. For one caller at a time.</summary>
internal sealed class AsideCounts
{
    private Dictionary<Entity, int> _counts = [];

    public bool Any => _counts.Count > 0;

    public bool Has(Entity entity) => _counts.ContainsKey(entity);

    /// <summary>Counts one more; returns whether it did, which may depend on whether there are any.</summary>
    public bool Added(Entity entity, bool onlyIfAny = false)
    {
        if (!_counts.TryGetValue(entity, out var count) && onlyIfAny)
            return false;

        _counts[entity] = count + 1;
        return true;
    }

    /// <summary>Counts one less.</summary>
    public void Left(Entity entity)
    {
        if (_counts.TryGetValue(entity, out var count) && count > 1)
            _counts[entity] = count - 1;
        else
            _counts.Remove(entity);
    }

    /// <summary>Takes over what the table was found to have.</summary>
    public void Replace(Dictionary<Entity, int> counts) => _counts = counts;
}
