using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// The outbox table as the place for what cannot be published now: a refused event and, to keep their order, all that
/// follow on its entity. They survive a restart, nothing else waits for them, and people find them where every outbox has
/// them.
/// </summary>
internal sealed class AsideEvents(Type contextType, IServiceScopeFactory scopes, TimeProvider time)
{
    private const int RowsInRound = 1000;
    private const int PacksInRound = 100;

    private readonly TableEvents _events = new(owner: null, time);

    /// <summary>How many events of each entity the table has.</summary>
    public Task<Dictionary<Entity, int>> CountAsync(CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            var counts = await context.Rows.GroupBy(row => new { row.Model, row.Key })
                .Select(group => new { group.Key.Model, group.Key.Key, Count = group.Count() })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return counts.ToDictionary(one => (one.Model, one.Key), one => one.Count);
        },
        cancellationToken);

    public Task<List<OutboxEntry>> ClaimAsync(LaneSet lanes, int max, CancellationToken cancellationToken) =>
        RunAsync(context => _events.ClaimAsync(context, lanes, max, cancellationToken), cancellationToken);

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
            foreach (var round in added.Chunk(RowsInRound))
                await AddAsync(context, round, cancellationToken).ConfigureAwait(false);

            await _events.CompleteAsync(context, published, failed, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Takes packs in that wait from before delivery from the log: their events come first.</summary>
    public async Task TakePacksAsync(CancellationToken cancellationToken)
    {
        while (await RunAsync(context => TakePacksAsync(context, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private static async Task<bool> TakePacksAsync(OutboxContext context, CancellationToken cancellationToken)
    {
        var packs = await context.Packs.AsNoTracking().OrderBy(pack => pack.Id).Take(PacksInRound)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var rollback = transaction.ConfigureAwait(false);
        var texts = new PackTexts();
        foreach (var pack in packs)
        {
            await AddAsync(context, EventPackReader.Read(pack.Events, pack.Id, texts), cancellationToken)
                .ConfigureAwait(false);
        }

        var ids = packs.ConvertAll(pack => pack.Id);
        await context.Packs.Where(pack => ids.Contains(pack.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return packs.Count == PacksInRound;
    }

    /// <summary>An event that was read a second time, after a crash, may be there already.</summary>
    private static async Task AddAsync(OutboxContext context, ModelEvent[] events, CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(events, one => one.Sequence);
        var there = await context.Rows.Where(row => ids.Contains(row.Id)).Select(row => row.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        context.AddRange(events.ExceptBy(there, one => one.Sequence).Select(RowOf));
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
