using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>What the rows of one table mean to the listed models.</summary>
internal sealed record TablePlan(LogTable Table, IReadOnlyList<Type?> Types) : RowPlan(Table, Types)
{
    /// <summary>The entity types whose instances are, or are part of, its rows.</summary>
    public required IReadOnlyList<TypeRows> Instances { get; init; }

    /// <summary>What tells which instance a row is, or is part of.</summary>
    public required IReadOnlyList<RowProperty> Identity { get; init; }

    /// <summary>Whether its rows may be of several models, or of none.</summary>
    public bool HasSeveralModels { get; init; }

    /// <summary>Why its rows cannot be read, and a model whose events they would have been.</summary>
    public (CapturedModel Model, string Reason)? Mistake { get; init; }

    /// <summary>Tells which of several types a row is; <see langword="null"/> where there is no column for it.</summary>
    public RowProperty? Discriminator { get; init; }

    /// <summary>The types by their discriminator's value.</summary>
    public IReadOnlyDictionary<object, TypeRows> ByDiscriminator { get; init; } = new Dictionary<object, TypeRows>();

    /// <summary>What its rows tell about instances in other tables.</summary>
    public required IReadOnlyList<OwnerRows> Owners { get; init; }

    /// <summary>Whether an instance has rows in other tables too.</summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// What to ask for where a row alone does not tell which of several types it is, or whether it is a listed one (TPT): the
    /// nearest type that all listed ones derive from.
    /// </summary>
    public IEntityType? Unclear { get; init; }

    /// <summary>Whether a row that does not tell its type may be another model's, or none's.</summary>
    public bool HasOtherModels { get; init; }

    public override int EventsOfRow => EventsOfOwnRow + (2 * Owners.Count);

    /// <summary>How many of them are about the instance that the row is: it may be another one after an update.</summary>
    public int EventsOfOwnRow => Instances.Count > 0 ? 2 : 0;

    /// <summary>Whether a row has what tells its type.</summary>
    public bool HasType(object?[] row) => Discriminator?.IsAbsent(row) != true;

    /// <summary>The type of a row, if it is a listed one.</summary>
    /// <exception cref="InvalidOperationException">The row lacks what would tell its model.</exception>
    public TypeRows? Find(object?[] row)
    {
        if (Discriminator is null || (!HasSeveralModels && !HasType(row)) || Discriminator.Read(row) is not { } value)
            return Instances.Count > 0 ? Instances[0] : null;

        return ByDiscriminator.GetValueOrDefault(value);
    }
}
