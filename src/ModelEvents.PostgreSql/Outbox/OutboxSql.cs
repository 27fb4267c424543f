using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Outbox;

/// <summary>The statements on one outbox table.</summary>
internal sealed class OutboxSql(string table)
{
    // Parameters have names because EF Core's commands, which some of these statements are added to, name theirs.
    public const string EventId = "me_event_id";
    public const string Name = "me_name";
    public const string Service = "me_service";
    public const string Model = "me_model";
    public const string Key = "me_key";
    public const string Lane = "me_lane";
    public const string Body = "me_body";
    public const string Headers = "me_headers";
    public const string OccurredAt = "me_occurred_at";

    private const string Event = "event_id, name, service, model, key, lane, body, headers, occurred_at";

    private const string Parameters =
        $"@{EventId}, @{Name}, @{Service}, @{Model}, @{Key}, @{Lane}, @{Body}, @{Headers}, @{OccurredAt}";

    private const string ChannelPrefix = "model_events_";

    // Only the rows of the small index of failed events are looked at.
    private const string IsHeld = "attempts > 0 AND (parked_at IS NOT NULL OR retry_at > now())";

    // No name of a model has a control character in it.
    private const string Entity = "model || E'\\x01' || key";

    public string AppendOne { get; } =
        $"INSERT INTO {table} ({Event}, attempts) VALUES ({Parameters}, 0)";

    /// <summary>unnest yields the arrays in their order, and ids are drawn row by row, so ids grow in that order.</summary>
    public string AppendMany { get; } =
        $"INSERT INTO {table} ({Event}, attempts) " +
        $"SELECT *, 0 FROM unnest({Parameters})";

    /// <summary>
    /// For events that differ in id, key, lane and body only, as those of a bulk insert do. Several unnest in a select list
    /// go in step, and need no temporary store.
    /// </summary>
    public string AppendAlike { get; } =
        $"INSERT INTO {table} ({Event}, attempts) " +
        $"SELECT unnest(@{EventId}), @{Name}, @{Service}, @{Model}, unnest(@{Key}), unnest(@{Lane}), unnest(@{Body}), " +
        $"@{Headers}, @{OccurredAt}, 0";

    /// <summary>One event, from a row that the same statement writes. The rest of it is values and the row's name.</summary>
    public string AppendFrom { get; } = $"INSERT INTO {table} ({Event}, attempts)";

    /// <summary>Tells the sessions of this table to look; for whoever has no session.</summary>
    public string Notify { get; } =
        $"SELECT pg_notify('{ChannelPrefix}' || {Regclass(table)}::oid, '')";

    /// <summary>The table's object id, which tells tables of the same name in different schemas apart.</summary>
    public string Identify { get; } = $"SELECT {Regclass(table)}::oid";

    /// <summary>
    /// $1 lanes, $2 most of one lane, $3 most of all. Reads each lane's head by the primary key. Only the first
    /// event of a key can have failed, so all of a held key waits.
    /// </summary>
    public string Claim { get; } =
        $"""
        SELECT e.* FROM unnest($1) AS leased (lane)
        CROSS JOIN LATERAL (
            SELECT id, attempts, {Event} FROM {table} AS o
            WHERE o.lane = leased.lane AND {Entity} NOT IN ({HeldKeys(table)})
            ORDER BY id LIMIT $2) AS e
        ORDER BY e.id LIMIT $3
        """;

    /// <summary>
    /// $1 to $4 and the first values as of <see cref="LockSql.Share"/>, $5 lanes: last, those of them that have due events.
    /// With a limit rather than EXISTS, which the planner turns into a read of the whole table where it has no statistics.
    /// </summary>
    public string Look { get; } =
        $"""
        {LockSql.Share},
            ARRAY(
                SELECT leased.lane FROM unnest($5) AS leased (lane)
                CROSS JOIN LATERAL (
                    SELECT FROM {table} AS o
                    WHERE o.lane = leased.lane AND {Entity} NOT IN ({HeldKeys(table)})
                    LIMIT 1) AS e)
        """;

    /// <summary>$1 lanes, $2 ids.</summary>
    public string Delete { get; } =
        $"DELETE FROM {table} AS o USING unnest($1, $2) AS d (lane, id) WHERE o.lane = d.lane AND o.id = d.id";

    /// <summary>$1 lanes, $2 ids, $3 attempts, $4 errors, $5 seconds until the retry, null to park.</summary>
    public string Fail { get; } =
        $"""
        UPDATE {table} AS o
        SET attempts = f.attempts, error = f.error, retry_at = now() + make_interval(secs => f.delay),
            parked_at = CASE WHEN f.delay IS NULL THEN now() END
        FROM unnest($1, $2, $3, $4, $5) AS f (lane, id, attempts, error, delay)
        WHERE o.lane = f.lane AND o.id = f.id
        """;

    public static string ChannelOf(uint table) => ChannelPrefix + table.ToString(CultureInfo.InvariantCulture);

    /// <summary>The statements for the outbox table of <paramref name="context"/>'s model, made once per model.</summary>
    public static OutboxSql Of(DbContext context) =>
        context.Model.GetOrAddRuntimeAnnotationValue("ModelEvents:OutboxSql", Make, context);

    // As an array because the planner takes those for short, whatever the statistics say, and then hashes them.
    private static string HeldKeys(string table) =>
        $"SELECT unnest(ARRAY(SELECT {Entity} FROM {table} WHERE {IsHeld}))";

    private static string Regclass(string table) => $"'{table.Replace("'", "''", StringComparison.Ordinal)}'::regclass";

    private static OutboxSql Make(DbContext? context)
    {
        if (!context!.Database.IsNpgsql())
            throw new InvalidOperationException(
                $"'{context.GetType().Name}' uses '{context.Database.ProviderName}', not PostgreSQL. " +
                "Remove 'UsePostgreSql()' or configure the context with 'UseNpgsql()'.");

        var row = OutboxModel.RowOf(context);
        var sql = context.GetService<ISqlGenerationHelper>();
        return new OutboxSql(sql.DelimitIdentifier(row.GetTableName()!, row.GetSchema()));
    }
}
