using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>Makes a backlog of any size in the server, from one event that was really captured.</summary>
internal static class OutboxRows
{
    private const string Columns =
        "event_id, name, service, model, key, lane, body, headers, occurred_at, attempts";

    public static async Task FillAsync(BenchmarkDatabase database, Side captured, int count)
    {
        await database.ExecuteAsync("TRUNCATE model_events_outbox");
        await captured.SaveAsync(1, () => new IdentityRow());

        // Lanes as the library gives them to keys that are whole numbers: round and round.
        await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO model_events_outbox ({Columns})
            SELECT gen_random_uuid(), name, service, model, (key::bigint + n)::text, (lane + n) % 64, body, headers,
                occurred_at, 0
            FROM model_events_outbox, generate_series(1, {count - 1}) AS n
            """));
        await database.ExecuteAsync("VACUUM ANALYZE model_events_outbox");
    }
}
