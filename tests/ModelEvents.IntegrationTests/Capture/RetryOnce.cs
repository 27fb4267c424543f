using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Tests.Capture;

/// <summary>A retrying execution strategy that retries what <see cref="TransientFault"/> throws.</summary>
internal sealed class RetryOnce(ExecutionStrategyDependencies dependencies)
    : ExecutionStrategy(dependencies, maxRetryCount: 2, maxRetryDelay: TimeSpan.FromMilliseconds(1))
{
    protected override bool ShouldRetryOn(Exception exception) => exception is TransientException;
}

internal sealed class TransientException() : DbException("The network hiccupped.");

/// <summary>Fails the first attempt of a save: before its commands, or when it commits.</summary>
internal sealed class TransientFault(bool atCommit) : DbTransactionInterceptor
{
    private int _left = 1;

    public int Failures { get; private set; }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction,
        TransactionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken = default)
    {
        if (atCommit)
            FailOnce();
        return new(result);
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result,
        CancellationToken cancellationToken = default)
    {
        if (!atCommit)
            FailOnce();
        return new(result);
    }

    private void FailOnce()
    {
        if (_left-- <= 0)
            return;

        Failures++;
        throw new TransientException();
    }
}
