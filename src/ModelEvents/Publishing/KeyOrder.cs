using System.Runtime.InteropServices;

namespace ModelEvents.Publishing;

/// <summary>Which event follows which: the events of a call, chained by model and key.</summary>
internal sealed class KeyOrder
{
    // For the next one of its thread: made anew it would be most of what finding the order takes.
    [ThreadStatic]
    private static Dictionary<ModelEvent, int>? _free;

    private readonly int[] _next;

    public KeyOrder(IReadOnlyList<ModelEvent> events)
    {
        _next = new int[events.Count];
        var firsts = new List<int>(events.Count);
        var lasts = _free ?? new Dictionary<ModelEvent, int>(SameEntity.Instance);
        _free = null;
        for (var position = 0; position < events.Count; position++)
        {
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(lasts, events[position], out var exists);
            if (exists)
                _next[last] = position;
            else
                firsts.Add(position);

            last = position;
        }

        lasts.Clear();
        _free = lasts;
        Firsts = firsts;
    }

    /// <summary>The position of each key's first event.</summary>
    public IReadOnlyList<int> Firsts { get; }

    /// <summary>The position of the event that follows on <paramref name="position"/>, or 0 if none does.</summary>
    public int Next(int position) => _next[position];

    /// <summary>The positions of a key's events from <paramref name="first"/> on, in order.</summary>
    public IEnumerable<int> From(int first)
    {
        yield return first;
        for (var position = _next[first]; position != 0; position = _next[position])
            yield return position;
    }

    /// <summary>Keys of different models are rarely alike, so that their hash says enough.</summary>
    private sealed class SameEntity : IEqualityComparer<ModelEvent>
    {
        public static SameEntity Instance { get; } = new();

        public bool Equals(ModelEvent? one, ModelEvent? other) => one!.Key == other!.Key && one.Model == other.Model;

        public int GetHashCode(ModelEvent one) => one.Key.GetHashCode(StringComparison.Ordinal);
    }
}
