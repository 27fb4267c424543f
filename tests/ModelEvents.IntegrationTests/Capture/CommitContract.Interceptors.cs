using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public abstract partial class CommitContract<TFixture>
{
    [Fact]
    public async Task A_nested_save_from_an_interceptor_publishes_both()
    {
        var nested = new NestedSave();
        var store = Fixture.CreateStore(interceptors: [nested]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "outer" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["outer", "nested before", "nested after"], (await KeysAsync(store, "setting__created"))
            .OrderByDescending(key => key == "outer").ThenByDescending(key => key));
    }

    [Fact]
    public async Task A_soft_delete_by_an_interceptor_is_an_update()
    {
        var store = Fixture.CreateStore(interceptors: [new SoftDelete()]);
        await using var context = store.NewContext();
        var box = new Box { Id = new BoxId(17), Label = "soft" };
        context.Add(box);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(box);
        await context.SaveChangesAsync(Cancellation);

        var published = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal("updated", published.Headers[EventHeaders.Action]);
        Assert.Equal("is_deleted", published.Headers[EventHeaders.Changed]);
        Assert.True((bool)CapturedStore.Body(published)["is_deleted"]!);
    }

    private sealed class NestedSave : SaveChangesInterceptor
    {
        private int _depth;

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            await SaveAsync(eventData.Context!, "nested before");
            return result;
        }

        public override async ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            await SaveAsync(eventData.Context!, "nested after");
            return result;
        }

        private async Task SaveAsync(DbContext context, string key)
        {
            if (_depth++ == 0)
            {
                context.Add(new Setting { Key = key });
                await context.SaveChangesAsync();
            }

            _depth--;
        }
    }

    private sealed class SoftDelete : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries<Box>().ToList())
            {
                if (entry.State == EntityState.Deleted)
                    (entry.State, entry.Entity.IsDeleted) = (EntityState.Unchanged, true);
            }

            return new(result);
        }
    }
}
