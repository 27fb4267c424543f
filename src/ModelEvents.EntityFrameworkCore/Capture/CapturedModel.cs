using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;
using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>
/// A listed model as one of its mapped entity types: what capture needs to know of it, worked out once. A derived type
/// that is not listed itself is captured as its listed base.
/// </summary>
internal sealed class CapturedModel(
    ListedModel listed, IEntityType type, PropertyNames names, IBodyWriter body, bool isRelational)
{
    private readonly string[] _eventNames =
    [
        listed.EventName(ChangeAction.Created),
        listed.EventName(ChangeAction.Updated),
        listed.EventName(ChangeAction.Deleted),
    ];

    private readonly Lazy<bool> _isOneRow = new(() => IsOneRowOf(type));
    private readonly Lazy<LockedRow?> _row = new(() => isRelational ? LockedRow.Of(type) : null);

    public ListedModel Listed { get; } = listed;

    public IBodyWriter Body { get; } = body;

    /// <summary>The body where only the key is known: of a delete that the log tells so. Not for saves.</summary>
    public IBodyWriter? KeyBody { get; init; }

    public EntityKey Key { get; } = new(type.FindPrimaryKey()!.Properties);

    public IProperty? Status { get; } = listed.StatusField is { } field ? type.FindProperty(field) : null;

    /// <summary>Every property that an update may change, those of complex types included.</summary>
    public CapturedProperty[] Properties { get; } =
        [.. type.GetFlattenedProperties().Where(p => !p.IsPrimaryKey()).Select(p => new CapturedProperty(p, names.Of(p)))];

    /// <summary>Complex collections, nested ones included, which EF Core tracks as a whole.</summary>
    public (IComplexProperty Property, string Name)[] ComplexCollections { get; } =
        [.. type.GetFlattenedComplexProperties().Where(p => p.IsCollection).Select(p => (p, names.Of(p)))];

    /// <summary>
    /// Values that the database may generate, and whether it can put them into the event itself.
    /// </summary>
    public (IProperty Property, bool CanWait)[] Generated { get; } =
    [
        .. type.GetFlattenedProperties().Where(p => p.ValueGenerated != ValueGenerated.Never)
            .Select(p => (p, CanWait(p, listed, body))),
    ];

    /// <summary>
    /// Whether an instance is one row of one table, written by a plain statement. Only a relational provider can tell.
    /// </summary>
    public bool IsOneRow => _isOneRow.Value;

    /// <summary>The row that whoever changes an instance locks; <see langword="null"/> where there is none.</summary>
    public LockedRow? Row => _row.Value;

    public string EventName(ChangeAction action) => _eventNames[(int)action];

    /// <summary>A status must be known before: it names the event.</summary>
    private static bool CanWait(IProperty property, ListedModel listed, IBodyWriter body) =>
        property.Name != listed.StatusField
        && body.CanWait(property)
        && (property.FindContainingPrimaryKey() is not { } key || IsWholeNumber(key));

    private static bool IsWholeNumber(IKey key) =>
        key.Properties is [var property]
        && PendingValues.CanBe(property.ClrType)
        // PostgreSQL's xid, the only type stored as it is, cannot be calculated with.
        && property.ClrType != typeof(uint)
        && StoredValue.ConverterOf(property) is null;

    private static bool IsOneRowOf(IEntityType type) =>
        type.GetTableMappings().ToList() is [{ Table: var table }]
        && table.EntityTypeMappings.All(mapping => ((IEntityType)mapping.TypeBase).GetRootType() == type.GetRootType())
        && !type.GetInsertStoredProcedureMappings().Any()
        && !type.GetUpdateStoredProcedureMappings().Any()
        && !type.GetDeleteStoredProcedureMappings().Any();
}
