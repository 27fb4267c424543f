using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>Transactions that begin and end outside EF Core.</summary>
public sealed class ExternalTransactionTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_are_in_the_outbox_exactly_when_the_connections_own_transaction_commits(bool commits)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        await using var transaction = await context.Database.GetDbConnection().BeginTransactionAsync(Cancellation);
        await context.Database.UseTransactionAsync(transaction, Cancellation);

        context.Add(new Setting { Key = $"external {commits}" });
        await context.SaveChangesAsync(Cancellation);
        var before = await store.TakeEventsAsync();
        await (commits ? transaction.CommitAsync(Cancellation) : transaction.RollbackAsync(Cancellation));

        Assert.Empty(before);
        Assert.Equal(commits ? ["setting__created"] : [], await store.TakeNamesAsync());
    }
}
