using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Bodies;

/// <summary>What a body is written from.</summary>
/// <param name="Context">The context that tracks the instance.</param>
/// <param name="Entry">The instance's entry, with generated values.</param>
/// <param name="Action">What happened to it.</param>
/// <param name="Pending">What the database has yet to generate, if anything.</param>
/// <param name="IsDetached">Whether the instance, made of a row of the log, and what it owns are not tracked.</param>
/// <param name="IsRowAlone">Whether what is in other tables than such an instance's own is not known.</param>
internal readonly record struct BodySource(
    DbContext Context,
    IUpdateEntry Entry,
    ChangeAction Action,
    PendingValues? Pending = null,
    bool IsDetached = false,
    bool IsRowAlone = false)
{
    /// <summary>The value of a property: of a deleted instance the one that was stored, which EF Core may have cleared.</summary>
    public object? ValueOf(IProperty property) =>
        Action == ChangeAction.Deleted ? Entry.GetOriginalValue(property) : Entry.GetCurrentValue(property);

    /// <summary>The values of a complex collection; EF Core keeps which there were, and not what an element was.</summary>
    public object? ValueOf(IComplexProperty collection) =>
        Action == ChangeAction.Deleted ? Entry.GetOriginalValue(collection) : Entry.GetCurrentValue(collection);

    /// <inheritdoc cref="ValueOf(IProperty)"/>
    public T ValueOf<T>(IProperty property) =>
        Action == ChangeAction.Deleted ? Entry.GetOriginalValue<T>(property) : Entry.GetCurrentValue<T>(property);
}
