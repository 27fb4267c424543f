using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Outbox;

/// <summary>What waits in packs.</summary>
internal static class PackStatus
{
    /// <summary>How many events are in packs alone, and when the first of the first pack occurred.</summary>
    public static Task<(long Count, DateTimeOffset? Oldest)> ReadAsync(
        IServiceScopeFactory scopes, Type contextType, CancellationToken cancellationToken) => OutboxContext.RunAsync(
        scopes,
        contextType,
        async context =>
        {
            var all = await context.Packs.SumAsync(pack => (long)pack.Count, cancellationToken).ConfigureAwait(false);
            var first = await context.Packs.OrderBy(pack => pack.Id).Select(pack => pack.Events)
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);

            // A pack stays while any of its events waits, whatever became of the others.
            var alsoAside = await context.Rows
                .Where(row => context.Packs.Any(
                    pack => pack.Id <= row.Id && pack.Id > row.Id - EventPackWriter.MostOfRow))
                .Select(row => row.Id).Distinct().LongCountAsync(cancellationToken).ConfigureAwait(false);
            return (all - alsoAside, first is null ? null : TimeOf(first));
        },
        cancellationToken);

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
