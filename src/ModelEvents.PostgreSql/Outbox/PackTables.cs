using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace ModelEvents.Outbox;

/// <summary>The outbox tables as they are made for PostgreSQL.</summary>
internal static class PackTables
{
    public static OutboxTables Of(string table, string? schema) =>
        new(table) { Schema = schema, HasPacks = true, Refine = Refine };

    /// <summary>
    /// Ids come from the columns, whatever the model's default is: packs are written without EF Core. Those of packs leave
    /// room for the sequences of their events.
    /// </summary>
    public static void Refine(IMutableModel model)
    {
        foreach (var type in new[] { typeof(OutboxRow), typeof(PackRow) })
        {
            model.FindEntityType(type)!.FindProperty(nameof(PackRow.Id))!
                .SetValueGenerationStrategy(NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
        }

        model.FindEntityType(typeof(PackRow))!.FindProperty(nameof(PackRow.Id))!
            .SetIdentityIncrementBy(EventPackWriter.MostOfRow);
    }
}
