using System.Text.Json;
using ModelEvents.LogCapture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>What the database says of a publication, and of the tables that are wanted in it.</summary>
/// <param name="IsWhole">Whether it has inserts, updates, deletes and truncates, and partitions under the name of their table.</param>
/// <param name="Tables">The wanted tables.</param>
/// <param name="Others">Other tables in it, as SQL names them.</param>
internal sealed record LogPublication(bool IsWhole, IReadOnlyList<LoggedTable> Tables, IReadOnlyList<string> Others)
{
    private const string OfPublication =
        """
        SELECT pubviaroot AND pubinsert AND pubupdate AND pubdelete AND pubtruncate FROM pg_publication WHERE pubname = $1
        """;

    private const string OfTables =
        """
        SELECT wanted.schema, wanted.name, class.oid IS NOT NULL,
            EXISTS (
                SELECT FROM pg_publication_tables
                WHERE pubname = $1 AND schemaname = wanted.schema AND tablename = wanted.name),
            parts.can_change, parts.not_full, parts.lacking, parts.lacks,
            coalesce(class.oid, 0::oid),
            EXISTS (
                SELECT FROM pg_publication_rel AS rel JOIN pg_publication AS publication ON publication.oid = rel.prpubid
                WHERE pubname = $1 AND prrelid = class.oid
                    AND coalesce(to_jsonb(rel) ->> 'prqual', to_jsonb(rel) ->> 'prattrs') IS NOT NULL)
        FROM unnest($2, $3, $4) AS wanted(schema, name, identity)
        LEFT JOIN pg_namespace AS namespace ON namespace.nspname = wanted.schema
        LEFT JOIN pg_class AS class
            ON class.relnamespace = namespace.oid AND class.relname = wanted.name AND class.relkind IN ('r', 'p')
        CROSS JOIN LATERAL (
            SELECT coalesce(bool_and(ident = 'f' OR cardinality(had) > 0) FILTER (WHERE kind = 'r'), true) AS can_change,
                coalesce(array_agg(name ORDER BY name) FILTER (WHERE ident <> 'f'), '{}') AS not_full,
                coalesce(array_agg(name ORDER BY name) FILTER (WHERE kind = 'r' AND ident <> 'f' AND lacks <> ''), '{}') AS lacking,
                coalesce(array_agg(lacks ORDER BY name) FILTER (WHERE kind = 'r' AND ident <> 'f' AND lacks <> ''), '{}') AS lacks
            FROM (
                SELECT its.oid::regclass::text AS name, its.relkind AS kind, its.relreplident AS ident, had,
                    array_to_string(ARRAY(
                        SELECT quote_literal(needed) FROM jsonb_array_elements_text(wanted.identity::jsonb) AS needed
                        WHERE needed <> ALL (had)), ', ') AS lacks
                FROM (SELECT class.oid AS relid UNION SELECT relid FROM pg_partition_tree(class.oid)) AS part
                JOIN pg_class AS its ON its.oid = part.relid
                CROSS JOIN LATERAL (
                    SELECT ARRAY(
                        SELECT attname::text
                        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY ((indkey::int2[])[0:indnkeyatts - 1])
                        WHERE indrelid = its.oid AND indimmediate
                            AND CASE its.relreplident WHEN 'd' THEN indisprimary WHEN 'i' THEN indisreplident ELSE false END)
                ) AS identity(had)
            ) AS part
        ) AS parts
        ORDER BY 1, 2
        """;

    private const string OfOthers =
        """
        SELECT rel.prrelid::regclass::text
        FROM pg_publication AS publication
        JOIN pg_publication_rel AS rel ON rel.prpubid = publication.oid
        JOIN pg_class AS class ON class.oid = rel.prrelid
        JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
        WHERE pubname = $1
            AND NOT EXISTS (
                SELECT FROM unnest($2, $3) AS wanted(schema, name)
                WHERE wanted.schema = namespace.nspname AND wanted.name = class.relname)
        ORDER BY 1
        """;

    /// <summary>Whether it is as another look has found it.</summary>
    public bool IsAs(LogPublication other) => IsWhole == other.IsWhole && Tables.Count == other.Tables.Count
        && Tables.Zip(other.Tables).All(pair => pair.First.IsAs(pair.Second));

    public static async Task<LogPublication> ReadAsync(
        NpgsqlConnection connection,
        string publication,
        IReadOnlyCollection<WantedTable> wanted,
        CancellationToken cancellationToken)
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])[OfPublication, OfTables, OfOthers])
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = publication });
            if (sql != OfPublication)
            {
                command.Parameters.Add(Texts(wanted.Select(table => table.Schema)));
                command.Parameters.Add(Texts(wanted.Select(table => table.Name)));
            }

            if (sql == OfTables)
                command.Parameters.Add(Texts(wanted.Select(table => JsonSerializer.Serialize(table.Identity))));

            batch.BatchCommands.Add(command);
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var isWhole = await ReadAsync(reader, row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var tables = await ReadAsync(reader, TableOf, cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var others = await ReadAsync(reader, row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        return new LogPublication(isWhole is [true], tables, others);
    }

    private static LoggedTable TableOf(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetBoolean(2),
        row.GetBoolean(3),
        row.GetBoolean(4),
        row.GetFieldValue<string[]>(5),
        [.. row.GetFieldValue<string[]>(6).Zip(row.GetFieldValue<string[]>(7), (part, columns) => new LackingPart(part, columns))],
        row.GetFieldValue<uint>(8),
        row.GetBoolean(9));

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));

        return rows;
    }

    private static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) => new() { TypedValue = [.. texts] };
}
