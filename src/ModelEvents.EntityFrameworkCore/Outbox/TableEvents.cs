using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads and ends events of lanes that a session leases, and only while it leases them; where lanes are not leased in a
/// table there is no owner, and all of them are read. Each call is about one target's events.
/// </summary>
internal sealed class TableEvents(Guid? owner, TimeProvider time)
{
    private const int MaxErrorLength = 2000;
    private const int IdsInStatement = 1000;

    private readonly ClaimSize _size = new();

    /// <summary>Reads up to <paramref name="max"/>, as many as fit into memory, and says whether there may be more.</summary>
    public async Task<(List<OutboxEntry> Claimed, bool IsCut)> ClaimAsync(
        OutboxContext context, string? handler, LaneSet lanes, int max, CancellationToken cancellationToken)
    {
        var its = handler ?? "";
        var numbers = lanes.ToArray();
        var now = time.GetUtcNow();
        var held = context.Rows.Where(
            row => row.Handler == its && row.Attempts > 0 && (row.ParkedAt != null || row.RetryAt > now));
        var most = _size.AtMost(max);
        var rows = Leased(context)
            .Where(row => row.Handler == its && numbers.Contains(row.Lane))
            .Where(row => !held.Any(one => one.Model == row.Model && one.Key == row.Key))
            .OrderBy(row => row.Id)
            .Take(most)
            .AsNoTracking()
            .AsAsyncEnumerable();
        List<OutboxEntry> claimed = [];
        var bytes = 0L;
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            claimed.Add(new OutboxEntry(row.ToEvent(), row.Attempts));
            if ((bytes += row.Body.Length) >= ClaimSize.MostBytes)
                break;
        }

        _size.Note(claimed);
        return (claimed, claimed.Count == most || bytes >= ClaimSize.MostBytes);
    }

    public async Task CompleteAsync(
        OutboxContext context,
        string? handler,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        var its = handler ?? "";
        foreach (var ids in published.Select(one => one.Sequence).Chunk(IdsInStatement))
        {
            await Leased(context).Where(row => row.Handler == its && ids.Contains(row.Id))
                .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var failure in failed)
            await FailAsync(context, its, failure, cancellationToken).ConfigureAwait(false);
    }

    private Task<int> FailAsync(
        OutboxContext context, string handler, FailedEvent failure, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var retryAt = now + failure.RetryAfter;
        var parkedAt = failure.RetryAfter is null ? now : (DateTimeOffset?)null;
        var attempts = Math.Max(1, failure.Attempts);
        var error = (failure.Error.Length > MaxErrorLength ? failure.Error[..MaxErrorLength] : failure.Error)
            .Replace('\0', ' ');

        return Leased(context).Where(row => row.Handler == handler && row.Id == failure.Event.Sequence).ExecuteUpdateAsync(
            row => row
                .SetProperty(one => one.Attempts, attempts)
                .SetProperty(one => one.Error, error)
                .SetProperty(one => one.RetryAt, retryAt)
                .SetProperty(one => one.ParkedAt, parkedAt),
            cancellationToken);
    }

    private IQueryable<OutboxRow> Leased(OutboxContext context) => owner is null
        ? context.Rows
        : context.Rows.Where(row => context.Leases.Any(lease => lease.Slot == row.Lane && lease.Owner == owner));
}
