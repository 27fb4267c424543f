using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules.Services;

/// <summary>Reads one page of an ordered query.</summary>
internal static class Paging
{
    private const int MostPerPage = 1000;

    public static async Task<TriggerPage<T>> ToPageAsync<T>(
        this IQueryable<T> query, int page, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(page, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MostPerPage);
        var total = await query.CountAsync(cancellationToken).ConfigureAwait(false);
        var skipped = (long)(page - 1) * pageSize;
        List<T> items = skipped >= total
            ? []
            : await query.Skip((int)skipped).Take(pageSize).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new TriggerPage<T>(items, total, page, pageSize);
    }
}
