using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>What cascades at which timing, and what is told of it, where EF Core decides.</summary>
public sealed class CascadeTests : IDisposable
{
    public static readonly TheoryData<CascadeTiming, CascadeTiming> AllTimings =
        new(SameSaveContract.Timings.SelectMany(_ => SameSaveContract.Timings, (deletes, orphans) => (deletes, orphans)));

    private readonly SqliteFamilies _families = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _families.Dispose();

    [Theory]
    [MemberData(nameof(AllTimings))]
    public async Task A_deleted_parent_takes_its_children_along_only_where_deletes_cascade(
        CascadeTiming deletes, CascadeTiming orphans)
    {
        await using var pair = await _families.CreateAsync(DeleteBehavior.Cascade);
        await using var context = await FamilyAsync(pair, deletes, orphans);

        context.Remove(context.Set<Parent>().Local.Single());
        var failure = await Record.ExceptionAsync(() => context.SaveChangesAsync(Cancellation));

        var cascades = deletes != CascadeTiming.Never;
        Assert.Equal(cascades ? null : typeof(InvalidOperationException), failure?.GetType());
        Assert.Equal(cascades ? (0, 0) : (1, 2), await CountAsync(context));
        await AssertToldAsync(pair, context, cascades ? ["Child deleted", "Child deleted", "Guest deleted", "Parent deleted"] : []);
    }

    [Theory]
    [MemberData(nameof(AllTimings))]
    public async Task A_child_that_is_taken_from_its_parent_is_deleted_only_where_orphans_are(
        CascadeTiming deletes, CascadeTiming orphans)
    {
        await using var pair = await _families.CreateAsync(DeleteBehavior.Cascade);
        await using var context = await FamilyAsync(pair, deletes, orphans);

        context.Set<Parent>().Local.Single().Children.RemoveAt(0);
        var failure = await Record.ExceptionAsync(() => context.SaveChangesAsync(Cancellation));

        var isDeleted = orphans != CascadeTiming.Never;
        Assert.Equal(isDeleted ? null : typeof(InvalidOperationException), failure?.GetType());
        Assert.Equal(isDeleted ? (1, 1) : (1, 2), await CountAsync(context));
        await AssertToldAsync(pair, context, isDeleted ? ["Child deleted"] : []);
    }

    [Theory]
    [MemberData(nameof(AllTimings))]
    public async Task A_guest_outlives_a_deleted_parent_whenever_cascades_are_made(CascadeTiming deletes, CascadeTiming orphans)
    {
        await using var pair = await _families.CreateAsync(DeleteBehavior.ClientSetNull);
        await using var context = await FamilyAsync(pair, deletes, orphans);

        context.RemoveRange(context.Set<Child>().Local);
        context.Remove(context.Set<Parent>().Local.Single());
        await context.SaveChangesAsync(Cancellation);

        Assert.Null((await context.Set<Guest>().AsNoTracking().SingleAsync(Cancellation)).ParentId);
        await AssertToldAsync(pair, context, ["Child deleted", "Child deleted", "Guest updated", "Parent deleted"]);
    }

    [Fact]
    public async Task A_later_interceptor_that_keeps_a_deleted_parent_keeps_its_children()
    {
        await using var pair = await _families.CreateAsync(DeleteBehavior.Cascade, interceptors: new Keeping());
        await using var context = await FamilyAsync(pair, CascadeTiming.OnSaveChanges, CascadeTiming.OnSaveChanges);

        context.Remove(context.Set<Parent>().Local.Single());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((1, 2), await CountAsync(context));
        await AssertToldAsync(pair, context, ["Parent updated"]);
    }

    /// <summary>A parent with two children and a guest, all loaded and not yet told of.</summary>
    private static async Task<FamilyContext> FamilyAsync(FamilyPair pair, CascadeTiming deletes, CascadeTiming orphans)
    {
        var context = pair.Captured.CreateScope().ServiceProvider.GetRequiredService<FamilyContext>();
        (context.ChangeTracker.CascadeDeleteTiming, context.ChangeTracker.DeleteOrphansTiming) = (deletes, orphans);
        var parent = new Parent { Children = { new Child(), new Child() }, Guests = { new Guest { Id = Guid.CreateVersion7() } } };
        context.Add(parent);
        await context.SaveChangesAsync(Cancellation);
        await pair.TakeEventsAsync(context);
        return context;
    }

    private static async Task<(int Parents, int Children)> CountAsync(FamilyContext context) =>
        (await context.Set<Parent>().CountAsync(Cancellation), await context.Set<Child>().CountAsync(Cancellation));

    private static async Task AssertToldAsync(FamilyPair pair, FamilyContext context, string[] expected)
    {
        if (await pair.TakeEventsAsync(context) is { } events)
        {
            Assert.Equal(
                expected,
                events.Select(one => $"{one.Model.Split(' ')[0].Split('.')[^1]} {one.Action}").Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Makes a delete an update, as soft deletes do.</summary>
    private sealed class Keeping : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries<Parent>().Where(one => one.State == EntityState.Deleted))
            {
                entry.State = EntityState.Unchanged;
                entry.Entity.Text = "deleted";
            }

            return new(result);
        }
    }
}
