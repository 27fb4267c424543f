using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>What people ask an outbox table for: how much waits, what is parked, and what becomes of that.</summary>
internal sealed class StoredEvents(Type contextType, IServiceScopeFactory scopes)
{
    // There can be millions, and they are counted every few seconds.
    private const int MostCounted = 200_000;

    private static readonly Expression<Func<OutboxRow, bool>> IsParked = row => row.Attempts > 0 && row.ParkedAt != null;

    public Task<OutboxStatus> GetStatusAsync(ServedTargets served, CancellationToken cancellationToken) => QueryAsync(
        async rows =>
        {
            var off = served.Off;
            var all = await rows.OrderBy(row => row.Id).Take(MostCounted).LongCountAsync(cancellationToken).ConfigureAwait(false);
            var parked = await rows.LongCountAsync(IsParked, cancellationToken).ConfigureAwait(false);
            var oldest = await rows.Where(row => row.ParkedAt == null && !off.Contains(row.Handler)).OrderBy(row => row.Id)
                .Select(row => (DateTimeOffset?)row.OccurredAt)
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            return new OutboxStatus(Math.Max(0, all - parked), parked, oldest)
            {
                Handlers = await CountAsync(rows, cancellationToken).ConfigureAwait(false),
            };
        },
        cancellationToken);

    /// <summary>
    /// Tells of handlers that something waits for and that this process has not, or of the broker if it has no publisher.
    /// </summary>
    public Task TellUnservedAsync(string outbox, ServedTargets served, CancellationToken cancellationToken) => QueryAsync(
        async rows =>
        {
            var handlers = await OfHandlers(rows).Select(row => row.Handler).Distinct().ToListAsync(cancellationToken)
                .ConfigureAwait(false);
            if (!served.Broker && await rows.AnyAsync(row => row.Handler == "", cancellationToken).ConfigureAwait(false))
                handlers.Add("");

            handlers.RemoveAll(served.Has);
            handlers.ForEach(handler => served.TellUnserved(outbox, handler));
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken) => QueryAsync(
        async rows =>
        {
            var parked = await Of(handler, rows).AsNoTracking().Where(IsParked).OrderBy(row => row.Id).Take(limit)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<ParkedEvent>)parked.ConvertAll(row => row.ToParkedEvent());
        },
        cancellationToken);

    /// <summary>What of the broker's is parked until a queue is bound, without the bodies.</summary>
    public Task<IReadOnlyList<HeldEvent>> ListHeldAsync(int limit, CancellationToken cancellationToken) => QueryAsync(
        async rows =>
        {
            var held = await Of("", rows).Where(IsParked).Where(row => EF.Functions.Like(row.Error, HeldText.Pattern))
                .OrderBy(row => row.Id).Take(limit).Select(row => new { row.EventId, row.Service, row.Name, row.Error })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<HeldEvent>)
            [
                .. held.Where(row => HeldText.Explains(row.Service, row.Error ?? ""))
                    .Select(row => new HeldEvent(row.EventId, row.Service, row.Name)),
            ];
        },
        cancellationToken);

    public Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken) =>
        QueryAsync(
            rows => Of(handler, eventIds is null ? rows : rows.Where(row => eventIds.Contains(row.EventId)))
                .Where(IsParked)
                .ExecuteUpdateAsync(
                    row => row
                        .SetProperty(one => one.Attempts, 0)
                        .SetProperty(one => one.ParkedAt, (DateTimeOffset?)null)
                        .SetProperty(one => one.RetryAt, (DateTimeOffset?)null),
                    cancellationToken),
            cancellationToken);

    public Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken) =>
        QueryAsync(
            rows => Of(handler, rows).Where(IsParked).Where(row => eventIds.Contains(row.EventId))
                .ExecuteDeleteAsync(cancellationToken),
            cancellationToken);

    private static IQueryable<OutboxRow> Of(string? handler, IQueryable<OutboxRow> rows) =>
        handler is null ? rows : rows.Where(row => row.Handler == handler);

    /// <summary>Written as a range, which an index can answer.</summary>
    [SuppressMessage("Globalization", "CA1309", Justification = "The database compares, and takes no comparison of .NET's.")]
    private static IQueryable<OutboxRow> OfHandlers(IQueryable<OutboxRow> rows) =>
        rows.Where(row => string.Compare(row.Handler, "") > 0);

    private static async Task<FrozenDictionary<string, HandlerBacklog>> CountAsync(
        IQueryable<OutboxRow> rows, CancellationToken cancellationToken)
    {
        var counts = await OfHandlers(rows).GroupBy(row => row.Handler)
            .Select(its => new
            {
                its.Key,
                All = its.LongCount(),
                Parked = its.LongCount(row => row.Attempts > 0 && row.ParkedAt != null),
            })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return counts.ToFrozenDictionary(its => its.Key, its => new HandlerBacklog(its.All - its.Parked, its.Parked));
    }

    private Task<T> QueryAsync<T>(Func<IQueryable<OutboxRow>, Task<T>> query, CancellationToken cancellationToken) =>
        OutboxContext.RunAsync(scopes, contextType, context => query(context.Rows), cancellationToken);
}
