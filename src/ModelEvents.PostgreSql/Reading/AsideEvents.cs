using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;
using NpgsqlTypes;
using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// The outbox table as the place for what cannot be published now: a refused event and, to keep their order, all that
/// follow on its entity. They survive a restart, nothing else waits for them, and people find them where every outbox has
/// them. One of these is about the events of one target. Only the process that leads changes them (<see cref="LeaderFence"/>).
/// </summary>
internal sealed class AsideEvents(
    Type contextType, IServiceScopeFactory scopes, LeaderFence fence, TimeProvider time)
{
    private const int RowsInRound = 1000;

    private readonly TableEvents _events = new(owner: null, time);

    /// <summary>The handler whose events these are, or <see langword="null"/> for those that go to the broker.</summary>
    public string? Handler { get; private init; }

    /// <summary>The events of another target in the same table.</summary>
    public AsideEvents For(string handler) => new(contextType, scopes, fence, time) { Handler = handler };

    /// <summary>Tells of what waits in the table, of any target, and is nobody's here.</summary>
    public Task TellUnservedAsync(string outbox, ServedTargets served, CancellationToken cancellationToken) =>
        new StoredEvents(contextType, scopes).TellUnservedAsync(outbox, served, cancellationToken);

    /// <summary>How many events of each entity the table has, as <see cref="AsideCounts"/> counts them.</summary>
    public Task<Dictionary<int, int>> CountAsync(CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            // Of millions it takes long, and nobody leads without it.
            context.Database.SetCommandTimeout(0);
            var its = Handler ?? "";
            var counts = new Dictionary<int, int>();
            await foreach (var one in context.Rows.Where(row => row.Handler == its).GroupBy(row => new { row.Model, row.Key })
                .Select(group => new { group.Key.Model, group.Key.Key, Count = group.Count() })
                .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                AsideCounts.Add(counts, (one.Model, one.Key), one.Count);
            }

            return counts;
        },
        cancellationToken);

    public Task<List<OutboxEntry>> ClaimAsync(LaneSet lanes, int max, CancellationToken cancellationToken) =>
        RunAsync(
        async context => (await _events.ClaimAsync(context, Handler, lanes, max, cancellationToken).ConfigureAwait(false)).Claimed,
        cancellationToken);

    /// <summary>Puts events into the table and ends others that were claimed from it, in one transaction.</summary>
    public Task SaveAsync(
        IReadOnlyList<ModelEvent> added,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var rollback = transaction.ConfigureAwait(false);
            await fence.EnterAsync(context, cancellationToken).ConfigureAwait(false);
            foreach (var round in added.Chunk(RowsInRound))
                await AddAsync(context, round, cancellationToken).ConfigureAwait(false);

            await _events.CompleteAsync(context, Handler, published, failed, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Says that this process leads from now on, as it is the one that reads the slot. Where the server takes it for a
    /// synchronous standby its own commits must not wait: it would confirm nothing until they return.
    /// </summary>
    public Task BeginAsync(string slot, int reader, CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            var awaited = WalSnapshots.WhereAwaited($"{reader}", orMayBe: true);
            await fence.BeginAsync(
                context.Database.GetDbConnection(),
                $"hashtextextended('{slot}', 1)",
                FormattableString.Invariant(
                    $"EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '{slot}' AND active_pid = {reader})"),
                $"(SELECT set_config('synchronous_commit', 'local', true) {awaited})",
                cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Says that this process leads as well while nobody reads the slot and it is where this one left it, which is
    /// <paramref name="confirmed"/>; or no more.
    /// </summary>
    public void LeadAtGap(string slot, NpgsqlLogSequenceNumber? confirmed) => fence.LeadAlso(
        confirmed is null
            ? null
            : $"EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '{slot}' AND active_pid IS NULL "
                + $"AND confirmed_flush_lsn <= '{confirmed}')");

    /// <summary>
    /// Takes more numbers for events that follow on entities of packs. Returns <see langword="null"/> where the role may not.
    /// </summary>
    public Task<long?> TakeNumbersAsync(CancellationToken cancellationToken) => RunAsync(
        context => new AsideSql(context).TakeNumbersAsync(AsideSql.MoreNumbers, cancellationToken), cancellationToken);

    /// <summary>
    /// Takes packs in that wait beside the log. Returns <see langword="null"/> where another process reads them, which
    /// publishes them itself.
    /// </summary>
    /// <param name="unpacker">Reads them.</param>
    /// <param name="areFirst">Whether they come before all events of the log, or after those that were read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<TakenPacks?> TakePacksAsync(
        PackUnpacker unpacker, bool areFirst, CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            var sql = new AsideSql(context);
            if (!await context.Packs.AnyAsync(cancellationToken).ConfigureAwait(false))
                return new TakenPacks([], 0, 0, IsCut: false);

            var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var rollback = transaction.ConfigureAwait(false);
            if (!await sql.TryReadPacksAsync(cancellationToken).ConfigureAwait(false))
                return null;

            await fence.EnterAsync(context, cancellationToken).ConfigureAwait(false);
            var taken = await TakePacksAsync(context, sql, unpacker, areFirst, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return taken;
        },
        cancellationToken);

    private async Task<TakenPacks> TakePacksAsync(
        OutboxContext context, AsideSql sql, PackUnpacker unpacker, bool areFirst, CancellationToken cancellationToken)
    {
        var (packs, isCut) = await sql.NextPacksAsync(cancellationToken).ConfigureAwait(false);
        var numbers = packs.Count * EventPackWriter.MostOfRow;
        var first = areFirst
            ? null
            : await sql.TakeNumbersAsync(numbers + AsideSql.MoreNumbers, cancellationToken).ConfigureAwait(false);
        var entities = new HashSet<Entity>();
        foreach (var (index, pack) in packs.Index())
        {
            var position = first + index * EventPackWriter.MostOfRow ?? pack.Id;
            var (events, failed) = unpacker.Read(pack.Events, position, EventPackWriter.MostOfRow);
            entities.UnionWith(events.Select(one => (one.Model, one.Key)));
            await AddAsync(context, [.. EventTargets.Part(events)], cancellationToken).ConfigureAwait(false);
            await _events.CompleteAsync(context, handler: null, [], failed, cancellationToken).ConfigureAwait(false);
        }

        var ids = packs.ConvertAll(pack => pack.Id);
        await context.Packs.Where(pack => ids.Contains(pack.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        var next = first + numbers ?? 0;
        return new TakenPacks(entities, next, first is null ? 0 : next + AsideSql.MoreNumbers, isCut);
    }

    /// <summary>An event that was read a second time, after a crash, may be there already.</summary>
    private static async Task AddAsync(OutboxContext context, ModelEvent[] events, CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(events, one => one.Sequence);
        var there = await context.Rows.Where(row => ids.Contains(row.Id)).Select(row => new { row.Id, row.Handler })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var known = there.ConvertAll(row => (row.Id, row.Handler));
        context.AddRange(events.ExceptBy(known, one => (one.Sequence, one.Handler ?? "")).Select(RowOf));
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        context.ChangeTracker.Clear();
    }

    private static OutboxRow RowOf(ModelEvent one)
    {
        var row = OutboxRow.Of(one);
        row.Id = one.Sequence;
        return row;
    }

    private Task<T> RunAsync<T>(Func<OutboxContext, Task<T>> work, CancellationToken cancellationToken) =>
        OutboxContext.RunAsync(scopes, contextType, work, cancellationToken);
}
