
namespace ModelEvents.LogCapture;

/// <summary>What the rows of one table mean to the listed models.</summary>
internal sealed record TablePlan(LogTable Table, IReadOnlyList<Type?> Types) : RowPlan(Table, Types)
{
    /// <summary>The entity types whose instances are, or are part of, its rows.</summary>
    public required IReadOnlyList<TypeRows> Instances { get; init; }

    /// <summary>Tells which of several types a row is; <see langword="null"/> where there is no column for it.</summary>
    public RowProperty? Discriminator { get; init; }

    /// <summary>The types by their discriminator's value.</summary>
    public IReadOnlyDictionary<object, TypeRows> ByDiscriminator { get; init; } = new Dictionary<object, TypeRows>();

    /// <summary>What its rows tell about instances in other tables.</summary>
    public required IReadOnlyList<OwnerRows> Owners { get; init; }

    /// <summary>Whether an instance has rows in other tables too.</summary>
    public bool IsShared { get; init; }

    /// <summary>The type of a row, if it is a listed one.</summary>
    public TypeRows? Find(object?[] row)
    {
        if (Discriminator is null || Discriminator.Read(row) is not { } value)
            return Instances.Count > 0 ? Instances[0] : null;

        return ByDiscriminator.GetValueOrDefault(value);
    }
}
