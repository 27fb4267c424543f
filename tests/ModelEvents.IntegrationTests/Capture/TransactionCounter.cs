using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Tests.Capture;

/// <summary>Counts the transactions that EF Core begins.</summary>
internal sealed class TransactionCounter : DbTransactionInterceptor
{
    public int Count { get; private set; }

    public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection,
        TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        Count++;
        return new(result);
    }
}
