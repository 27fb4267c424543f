using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ModelEvents.Tables;

/// <summary>Knows the models that EF Core builds for itself, by the same conventions as a user's.</summary>
internal static class EfCoreModels
{
    // CoreAnnotationNames.AdHocModel, which is internal to EF Core.
    private const string AdHoc = "AdHocModel";

    /// <summary>
    /// Whether it is the model of the table of applied migrations, whatever a <c>HistoryRepository</c> of the user's makes of
    /// it, or that of a type which <c>SqlQuery</c> returns. A user's own model may map the history beside other types.
    /// </summary>
    public static bool IsOne(IReadOnlyModel model) =>
        model.FindAnnotation(AdHoc) is not null
        || model.GetEntityTypes().Select(type => type.ClrType).SequenceEqual([typeof(HistoryRow)]);
}
