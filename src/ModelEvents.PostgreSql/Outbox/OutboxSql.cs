using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Outbox;

/// <summary>The statements on one context's packs of events.</summary>
internal sealed class OutboxSql(string packs)
{
    // Parameters have names because EF Core's commands, which some of these statements are added to, name theirs.
    public const string Count = "me_count";
    public const string Events = "me_events";

    /// <summary>What a notification says when events that are set aside were changed.</summary>
    public const string AsideChanged = "aside";

    private const string ChannelPrefix = "model_events_";

    /// <summary>Statements that write one row, and its pack of one event.</summary>
    public ExtendedStatements Extended { get; } = new((statement, generated) =>
        PackAppend.Extend($"INSERT INTO {packs} (count, events)", statement, generated));

    /// <summary>
    /// One pack. The transaction has its number before the row has its id, as <see cref="PackIntervals"/> counts on: the
    /// save has written rows, but an event of one's own may be all that is written.
    /// </summary>
    public string AppendOne { get; } =
        $"INSERT INTO {packs} (count, events) SELECT @{Count}, @{Events} FROM txid_current()";

    /// <summary>Several unnest in a select list go in step, and ids are drawn row by row, so ids grow in that order.</summary>
    public string AppendMany { get; } =
        $"INSERT INTO {packs} (count, events) SELECT unnest(@{Count}), unnest(@{Events}) FROM txid_current()";

    /// <summary>Tells the process that leads to look for new packs.</summary>
    public string Notify { get; } = NotifyOf(packs, "");

    /// <summary>Tells the process that leads to look at what is set aside.</summary>
    public string NotifyAside { get; } = NotifyOf(packs, AsideChanged);

    /// <summary>The table's object id, which tells tables of the same name in different schemas apart.</summary>
    public string Identify { get; } = $"SELECT {Regclass(packs)}::oid";

    /// <summary>How many packs there were when the server looked last, or -1 if it never did.</summary>
    public string Analyzed { get; } = $"SELECT reltuples::bigint AS \"Value\" FROM pg_class WHERE oid = {Regclass(packs)}";

    /// <summary>The process on the server that holds the lock of whoever leads, wherever that is.</summary>
    public string Leader { get; } = HolderOf(packs, LeaderSql.LeaderKey);

    /// <summary>One that waits for that lock, and is to have it.</summary>
    public string Awaiting { get; } = HolderOf(packs, LeaderSql.AwaitKey);

    /// <summary>
    /// The pack that has waited longest and, where its session is idle, the process on the server that leads and when it was used
    /// last. No row where no other waits for the lead.
    /// </summary>
    public string IdleLeader { get; } =
        $"""
        SELECT (SELECT id FROM {packs} ORDER BY id LIMIT 1), leader.pid, leader.query_start
        FROM ({HolderOf(packs, LeaderSql.AwaitKey)}) AS waiting
        LEFT JOIN pg_stat_activity AS leader
            ON leader.state = 'idle' AND leader.pid = ({HolderOf(packs, LeaderSql.LeaderKey)})
        """;

    /// <summary>$1 a process on the server, $2 when its session was used last.</summary>
    public const string EndIdle =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND query_start = $2 AND state = 'idle'";

    /// <summary>$1 ids.</summary>
    public string Delete { get; } = $"DELETE FROM {packs} WHERE id = ANY($1)";

    /// <summary>
    /// The oldest transaction that runs, and 0. In the order of this statement and the next: what is over here is seen there.
    /// </summary>
    public string OldestRunning { get; } = "SELECT txid_snapshot_xmin(txid_current_snapshot()), 0::bigint";

    /// <summary>The same with, in place of 0, a number that is higher than that of every transaction so far.</summary>
    public string OldestRunningAndNext { get; } =
        "SELECT txid_snapshot_xmin(txid_current_snapshot()), txid_current()";

    /// <summary>$1 an id, $2 the most rows after it.</summary>
    public string Read { get; } = UpToMostBytes($"SELECT id, events FROM {packs} WHERE id > $1 ORDER BY id LIMIT $2");

    /// <summary>$1 and $2 open intervals of ids, $3 the most rows.</summary>
    public string ReadIntervals { get; } = UpToMostBytes(
        $"""
        SELECT pack.id, pack.events FROM unnest($1, $2) AS interval (low, high)
        CROSS JOIN LATERAL (
            SELECT id, events FROM {packs} WHERE id > interval.low AND id < interval.high ORDER BY id LIMIT $3) AS pack
        ORDER BY pack.id LIMIT $3
        """);

    public static string ChannelOf(uint table) => ChannelPrefix + table.ToString(CultureInfo.InvariantCulture);

    /// <summary>The statements for the outbox tables of <paramref name="context"/>'s model, made once per model.</summary>
    public static OutboxSql Of(DbContext context) =>
        context.Model.GetOrAddRuntimeAnnotationValue("ModelEvents:OutboxSql", Make, context);

    /// <summary>
    /// Cuts rows off once so many bytes come before them: the server would send all of them, whatever is read. The lengths are
    /// known without the bytes.
    /// </summary>
    private static string UpToMostBytes(string rows) =>
        FormattableString.Invariant(
            $"""
            SELECT id, events FROM (
                SELECT id, events, sum(octet_length(events)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)
                    - octet_length(events) AS before
                FROM ({rows}) AS pack) AS pack
            WHERE before < {PackReading.MostBytes} ORDER BY id
            """);

    private static string HolderOf(string packs, int key) =>
        FormattableString.Invariant(
            $"""
            SELECT pid FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND objid = {key}
                AND classid = ({Regclass(packs)}::oid::bigint # {LeaderSql.ClassMark})::oid
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            LIMIT 1
            """);

    private static string NotifyOf(string table, string payload) =>
        $"SELECT pg_notify('{ChannelPrefix}' || {Regclass(table)}::oid, '{payload}')";

    private static string Regclass(string table) => $"'{table.Replace("'", "''", StringComparison.Ordinal)}'::regclass";

    private static OutboxSql Make(DbContext? context)
    {
        if (!context!.Database.IsNpgsql())
            throw new InvalidOperationException(
                $"'{context.GetType().Name}' uses '{context.Database.ProviderName}', not PostgreSQL. " +
                "Remove 'UsePostgreSql()' or configure the context with 'UseNpgsql()'.");

        var row = OutboxModel.PacksOf(context);
        var sql = context.GetService<ISqlGenerationHelper>();
        return new OutboxSql(sql.DelimitIdentifier(row.GetTableName()!, row.GetSchema()));
    }
}
