namespace ModelEvents.Models;

/// <summary>The resolved model list in force. Immutable: a reload makes another.</summary>
/// <param name="Models">The listed models.</param>
/// <param name="PropertyNaming">How property names are written in bodies.</param>
public sealed record ModelList(IReadOnlyList<ListedModel> Models, PropertyNaming PropertyNaming)
{
    /// <summary>A list without models: nothing is captured.</summary>
    public static ModelList Empty { get; } = new([], PropertyNaming.SnakeCase);

    /// <summary>The service whose program this is; its models may name others.</summary>
    internal string ServiceName { get; init; } = "";

    /// <summary>How events are named.</summary>
    internal NameStyle NameStyle { get; init; }

    /// <summary>Whether both say the same.</summary>
    public bool Equals(ModelList? other) =>
        other is not null
        && ServiceName == other.ServiceName
        && NameStyle == other.NameStyle
        && PropertyNaming == other.PropertyNaming
        && Models.SequenceEqual(other.Models);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PropertyNaming, Models.Count);
}
