using System.Collections.Concurrent;

namespace ModelEvents.Diagnostics;

/// <summary>
/// What is wrong with the service right now: the parts that find it out begin and end it here, and
/// <see cref="OutboxHealthCheck"/> reads it.
/// </summary>
internal sealed class HealthConditions(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, HealthCondition> _conditions = new(StringComparer.Ordinal);

    /// <summary>The conditions that last, oldest first.</summary>
    public IReadOnlyList<HealthCondition> Current =>
        [.. _conditions.Values.OrderBy(condition => condition.Since).ThenBy(condition => condition.Text, StringComparer.Ordinal)];

    /// <summary>Begins a condition, or renews the text of the one that <paramref name="key"/> names. Returns whether it is new.</summary>
    /// <param name="key">Names the condition in this process; it must not contain anything that grows without limit.</param>
    /// <param name="kind">What it does to the health of the service.</param>
    /// <param name="text">What is wrong, with the offending name, and what to do, in whole sentences.</param>
    public bool Begin(string key, HealthConditionKind kind, string text)
    {
        var begun = new HealthCondition(kind, text, time.GetUtcNow());
        var current = _conditions.AddOrUpdate(key, begun, (_, before) => begun with { Since = before.Since });
        return ReferenceEquals(current, begun);
    }

    /// <summary>Whether a condition lasts.</summary>
    public bool Has(string key) => _conditions.ContainsKey(key);

    /// <summary>Ends a condition. Returns whether it lasted.</summary>
    public bool End(string key) => _conditions.TryRemove(key, out _);
}
