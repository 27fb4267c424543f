using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>Makes a backlog of any size in the server, from one event that was really captured.</summary>
internal static class OutboxRows
{
    public static async Task FillAsync(BenchmarkDatabase database, Side captured, int count)
    {
        await database.ClearAsync();
        await captured.SaveAsync(1, () => new IdentityRow());

        // Each with an id and a key of its own: the id is where a pack's first event has it, and the generated key is what
        // the database has put behind the event, twice.
        await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO model_events_outbox_packs (count, events)
            SELECT 1, overlay(
                substring(events FOR octet_length(events) - 2 * octet_length(row."Id"::text) - 1)
                    || convert_to(concat_ws(',', n, n), 'UTF8')
                PLACING uuid_send(gen_random_uuid()) FROM 4)
            FROM model_events_outbox_packs, "IdentityRows" AS row, generate_series(1, {count - 1}) AS n
            """));
        await database.ExecuteAsync("VACUUM ANALYZE model_events_outbox_packs");
    }
}
