using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>What it takes, in a transaction, to take packs in while the log is read.</summary>
internal sealed class AsideSql(OutboxContext context)
{
    /// <summary>Numbers that are taken for events which follow on the same entities.</summary>
    public const int MoreNumbers = 10_000;

    private const int PacksInRound = 100;

    private const string MayWrite =
        """
        SELECT bool_or(has_function_privilege(oid, 'EXECUTE')) FROM pg_proc
        WHERE proname = 'pg_logical_emit_message' AND proargtypes[2] = 'bytea'::regtype
        """;

    /// <summary>The table of packs, as SQL names it.</summary>
    public static string PacksOf(DbContext context)
    {
        var type = OutboxModel.PacksOf(context);
        return context.GetService<ISqlGenerationHelper>().DelimitIdentifier(type.GetTableName()!, type.GetSchema());
    }

    /// <summary>Whether nobody reads the packs (<see cref="LeaderConnection"/>), and nobody will before the transaction ends.</summary>
    public async Task<bool> TryReadPacksAsync(CancellationToken cancellationToken)
    {
        var packs = PacksOf(context).Replace("'", "''", StringComparison.Ordinal);
        return await ScalarAsync(
            FormattableString.Invariant(
                $"""
                SELECT pg_try_advisory_xact_lock(
                    ('{packs}'::regclass::oid::bigint # {LeaderSql.ClassMark})::bit(32)::int, {LeaderSql.LeaderKey})
                """),
            cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>The first packs, as many as fit into memory, and whether there may be more.</summary>
    public async Task<(List<PackRow> Packs, bool IsCut)> NextPacksAsync(CancellationToken cancellationToken)
    {
        var first = context.Packs.AsNoTracking().OrderBy(pack => pack.Id).Take(PacksInRound);
        var sizes = await first.Select(pack => new { pack.Id, pack.Events.Length })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        List<long> ids = [];
        for (var bytes = 0L; ids.Count < sizes.Count && bytes < PackReading.MostBytes; bytes += sizes[ids.Count - 1].Length)
            ids.Add(sizes[ids.Count].Id);

        var packs = await first.Where(pack => ids.Contains(pack.Id)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return (packs, ids.Count < sizes.Count || ids.Count == PacksInRound);
    }

    /// <summary>
    /// Takes numbers that no event of the log has, and that are higher than those of all that was written into it: the place
    /// of a message of that length. Returns <see langword="null"/> where the role may write none.
    /// </summary>
    public async Task<long?> TakeNumbersAsync(int count, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(MayWrite, cancellationToken).ConfigureAwait(false) is not true)
            return null;

        var end = await ScalarAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT (pg_logical_emit_message(false, 'model_events_room', convert_to(repeat(' ', {count}), 'UTF8'))
                    - '0/0'::pg_lsn)::bigint
                """),
            cancellationToken).ConfigureAwait(false);
        return LogNumbers.Of((ulong)((long)end! - count));
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
