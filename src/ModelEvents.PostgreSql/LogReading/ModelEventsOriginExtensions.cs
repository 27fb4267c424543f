using System.Transactions;
using ModelEvents.Outbox;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Says who writes, for events of models that are captured from the log.</summary>
public static class ModelEventsOriginExtensions
{
    /// <summary>
    /// Writes into the log who does what follows in the context's transaction, by whatever means: the events of those rows
    /// have it in the header <c>modelevents-origin</c>. Another call in the same transaction begins another origin. Other
    /// programs do the same with <c>SELECT pg_logical_emit_message(true, 'model_events_origin', 'import 42')</c>.
    /// </summary>
    /// <param name="context">A context on PostgreSQL, with a transaction.</param>
    /// <param name="origin">Who or what it is, such as <c>import 42</c>.</param>
    /// <exception cref="InvalidOperationException">The context has no transaction.</exception>
    /// <exception cref="ArgumentException">The origin is empty.</exception>
    public static void SetModelEventsOrigin(this DbContext context, string origin)
    {
        ThrowIfUnfit(context, origin);
        context.Database.ExecuteSqlRaw(OriginMark.Sql, origin);
    }

    /// <inheritdoc cref="SetModelEventsOrigin"/>
    public static async Task SetModelEventsOriginAsync(
        this DbContext context, string origin, CancellationToken cancellationToken = default)
    {
        ThrowIfUnfit(context, origin);
        await context.Database.ExecuteSqlRawAsync(OriginMark.Sql, [origin], cancellationToken).ConfigureAwait(false);
    }

    private static void ThrowIfUnfit(DbContext context, string origin)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrWhiteSpace(origin);
        var database = context.Database;

        if ((database.CurrentTransaction, Transaction.Current, database.GetEnlistedTransaction()) is (null, null, null))
            throw new InvalidOperationException(
                $"The origin '{origin}' is of no transaction: nothing would have it. Begin one before, with " +
                "'context.Database.BeginTransaction()'.");
    }
}
