using System.Collections;

namespace ModelEvents.LogCapture;

/// <summary>
/// In place of a value in a <see cref="LogRow"/> that could not be read as the type that was asked for. Two are the same only
/// where they can be compared: what cannot be counts as changed.
/// </summary>
/// <param name="reason">Why, for a person to read.</param>
/// <param name="stored">What the value is to the driver, where that reads it.</param>
internal sealed class UnreadableValue(string reason, object? stored = null) : IEquatable<UnreadableValue>
{
    public string Reason => reason;

    /// <summary>What the value is to the driver; <see langword="null"/> where that does not read it.</summary>
    public object? Stored => stored;

    public bool Equals(UnreadableValue? other) =>
        ReferenceEquals(this, other)
        || (stored is not null && StructuralComparisons.StructuralEqualityComparer.Equals(stored, other?.Stored));

    public override bool Equals(object? obj) => Equals(obj as UnreadableValue);

    public override int GetHashCode() =>
        stored is null ? 0 : StructuralComparisons.StructuralEqualityComparer.GetHashCode(stored);

    public override string ToString() => "unreadable";
}
