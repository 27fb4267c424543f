using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

public abstract partial class CommitContract<TFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_does_not_enlist_publishes_what_it_has_committed_in_a_scope_that_is_left(bool isAsync)
    {
        var store = NotEnlisting();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.AddRange(Enumerable.Range(0, 3).Select(n => new Setting { Key = $"not enlisted {isAsync} {n}" }));
            if (isAsync)
                await context.SaveChangesAsync(Cancellation);
            else
                context.SaveChanges();
            context.Add(new Setting { Key = $"not enlisted {isAsync} 3" });
            await context.SaveChangesAsync(Cancellation);
        }

        var keys = await KeysAsync(store, "setting__created");
        await using var after = store.NewContext();
        var rows = await after.Set<Setting>().Select(setting => setting.Key)
            .Where(key => key.StartsWith($"not enlisted {isAsync}")).Order().ToListAsync(Cancellation);
        Assert.Equal(4, rows.Count);
        Assert.Equal(rows, keys.Order());
    }

    /// <summary>So that no process which dies in between leaves a row without its event.</summary>
    [Fact]
    public virtual async Task A_connection_that_does_not_enlist_commits_rows_and_events_together()
    {
        var store = NotEnlisting();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.Add(new Order { Number = "not enlisted", Lines = { new OrderLine { Article = OrderLineSerializer.Poison } } });
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));
        }

        await using var after = store.NewContext();
        Assert.False(await after.Set<Order>().AnyAsync(order => order.Number == "not enlisted", Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    private protected CapturedStore NotEnlisting() => Fixture.CreateStore(register: services => services.AddDbContext<StoreContext>(
        options => options.UseNpgsql($"{Fixture.ConnectionString};Enlist=false").AmongMany()));
}
