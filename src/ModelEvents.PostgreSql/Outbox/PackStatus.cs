using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Outbox;

/// <summary>What waits in packs.</summary>
internal static class PackStatus
{
    // All of them can be millions, and it is asked every few seconds.
    private const int MostCounted = 20_000;

    /// <summary>
    /// How many events are in packs alone, and when the first of the first pack occurred. Where there are many packs, their number
    /// is what the server last found it to be, or at most what their ids say, and that of their events is told by those of the first.
    /// </summary>
    public static Task<(long Count, DateTimeOffset? Oldest)> ReadAsync(
        IServiceScopeFactory scopes, Type contextType, CancellationToken cancellationToken) => OutboxContext.RunAsync(
        scopes,
        contextType,
        async context =>
        {
            var all = await CountAsync(context, cancellationToken).ConfigureAwait(false);
            var first = await context.Packs.OrderBy(pack => pack.Id).Select(pack => new { pack.Id, pack.Events })
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            if (first is null)
                return (0, null);

            // A pack stays while any of its events waits, whatever became of the others.
            var alsoAside = await context.Rows.Where(row => row.Id >= first.Id).OrderBy(row => row.Id).Take(MostCounted)
                .Where(row => context.Packs.Any(
                    pack => pack.Id <= row.Id && pack.Id > row.Id - EventPackWriter.MostOfRow))
                .Select(row => row.Id).Distinct().LongCountAsync(cancellationToken).ConfigureAwait(false);
            return (Math.Max(0, all - alsoAside), TimeOf(first.Events));
        },
        cancellationToken);

    private static async Task<long> CountAsync(OutboxContext context, CancellationToken cancellationToken)
    {
        var counted = await context.Packs.OrderBy(pack => pack.Id).Take(MostCounted).GroupBy(_ => 1)
            .Select(some => new
            {
                Packs = some.Count(),
                Events = some.Sum(pack => (long)pack.Count),
                First = some.Min(pack => pack.Id),
            })
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (counted is null || counted.Packs < MostCounted)
            return counted?.Events ?? 0;

        var last = await context.Packs.MaxAsync(pack => pack.Id, cancellationToken).ConfigureAwait(false);
        var atMost = (last - counted.First) / EventPackWriter.MostOfRow + 1;
        var analyzed = await context.Database.SqlQueryRaw<long>(OutboxSql.Of(context).Analyzed).SingleAsync(cancellationToken)
            .ConfigureAwait(false);
        var packs = Math.Max(counted.Packs, analyzed < 0 ? atMost : Math.Min(atMost, analyzed));
        return (long)((double)counted.Events / counted.Packs * packs);
    }

    /// <summary>One that cannot be read is set aside by who reads them.</summary>
    private static DateTimeOffset? TimeOf(byte[] pack)
    {
        try
        {
            return EventPackReader.Read(pack, 0, new PackTexts())[0].OccurredAt;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>What waits in the table of single events, and <paramref name="count"/> others.</summary>
    public static OutboxStatus With(this OutboxStatus aside, long count, DateTimeOffset? oldest) => aside with
    {
        Waiting = aside.Waiting + count,
        OldestWaiting = aside.OldestWaiting is null || oldest < aside.OldestWaiting ? oldest : aside.OldestWaiting,
    };
}
