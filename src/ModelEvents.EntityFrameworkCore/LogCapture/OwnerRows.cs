using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Rows that are a change of something else: owned instances in a table of their own, or links in a join table.</summary>
/// <param name="Owner">The type of the listed models that they change.</param>
/// <param name="OwnerType">What makes an instance of it, or of a type derived from it.</param>
/// <param name="OwnerKey">The properties of <paramref name="Owner"/> that the rows point to.</param>
/// <param name="Reference">The rows' properties that do.</param>
/// <param name="Place">Those, and a link's other side: what makes it another one where it changes.</param>
/// <param name="Name">The name under which the change is told.</param>
/// <param name="Join">How a row is read as a link; <see langword="null"/> where it is none.</param>
/// <param name="JoinProperties">The properties of such a row.</param>
/// <param name="Link">The link that it is then.</param>
internal sealed record OwnerRows(
    IEntityType Owner,
    RowType OwnerType,
    IReadOnlyList<IProperty> OwnerKey,
    IReadOnlyList<RowProperty> Reference,
    IReadOnlyList<RowProperty> Place,
    string Name,
    RowType? Join = null,
    IReadOnlyList<RowProperty>? JoinProperties = null,
    CapturedLink? Link = null);
