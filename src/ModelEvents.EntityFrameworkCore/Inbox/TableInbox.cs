using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>
/// The inbox in tables of the consumer's own context, on any relational provider. Retries as the context's execution
/// strategy says. Next stop: <see cref="InboxHandling"/>.
/// </summary>
internal sealed class TableInbox<TContext>(
    TContext context, IOptionsMonitor<InboxOptions> options, InboxReport report, TimeProvider time) : IInbox
    where TContext : DbContext
{
    public async Task<InboxOutcome> HandleAsync(
        InboxMessage message, Func<CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(handle);
        ThrowIfTooLong(message.Consumer);

        var dropStale = options.Get(typeof(TContext).FullName).DropStale;
        var handling = new InboxHandling(context, message, handle, dropStale, time);
        var strategy = context.Database.CreateExecutionStrategy();

        // Not asked where it does not retry: it would wrap exceptions of the handler that look transient.
        var outcome = strategy.RetriesOnFailure
            ? await strategy.ExecuteAsync(handling.RunAsync, cancellationToken).ConfigureAwait(false)
            : await handling.RunAsync(cancellationToken).ConfigureAwait(false);

        report.Ended(message, outcome, handling.LastBeforeGap);
        return outcome;
    }

    private static void ThrowIfTooLong(string consumer)
    {
        if (consumer.Length > InboxNote.MaxConsumerLength)
            throw new InvalidOperationException(
                $"The consumer's name '{consumer}' is too long for the inbox. Give it one of at most "
                + $"{InboxNote.MaxConsumerLength} characters.");
    }
}
