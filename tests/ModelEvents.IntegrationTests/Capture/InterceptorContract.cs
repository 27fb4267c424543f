using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>What holds beside other interceptors, whether their turn is before or after that of ModelEvents.</summary>
public abstract class InterceptorContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture => fixture;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listed_model_that_a_later_interceptor_adds_to_a_listed_change_is_published()
    {
        var store = fixture.CreateStore(interceptors: [new Acting { Saving = AddLate }]);
        await using var context = store.NewContext();

        context.Add(new Order { Number = "with a late one" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["order__new", "setting__created"], (await store.TakeNamesAsync()).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listed_model_that_a_later_interceptor_adds_to_a_save_without_any_is_published(bool detects)
    {
        var store = fixture.CreateStore(interceptors: [new Acting { Saving = AddLate }]);
        await using var context = store.NewContext();
        context.ChangeTracker.AutoDetectChangesEnabled = detects;

        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_later_interceptor_that_refuses_a_save_leaves_nothing_behind()
    {
        var store = fixture.CreateStore(interceptors: [new Acting { Saving = Refuse }]);
        await using var context = store.NewContext();
        context.Add(new Setting { Key = "refused first" });
        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);

        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        await context.SaveChangesAsync(Cancellation);
        await transaction.CreateSavepointAsync("here", Cancellation);
        context.Add(new Setting { Key = "undone" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["refused first"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Fact]
    public async Task Code_that_a_save_calls_finds_the_context_set_as_it_is()
    {
        List<(AutoTransactionBehavior, bool)> found = [];
        void Look(DbContext context) =>
            found.Add((context.Database.AutoTransactionBehavior, context.ChangeTracker.AutoDetectChangesEnabled));
        Task Looked(DbContext context)
        {
            Look(context);
            return Task.CompletedTask;
        }

        var store = fixture.CreateStore(
            interceptors: [new Acting { Saving = Look, Saved = Looked }], before: [new Acting { Saving = Look, Saved = Looked }]);
        await using var context = store.NewContext();
        context.AddRange(new Setting { Key = "looked at" }, new Setting { Key = "looked at too" });
        context.ChangeTracker.StateChanged += (_, _) => Look(context);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(6, found.Count);
        Assert.All(found, one => Assert.Equal((AutoTransactionBehavior.WhenNeeded, true), one));
        await store.TakeEventsAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conflict_that_a_later_interceptor_lets_pass_is_not_told(bool alone)
    {
        var store = fixture.CreateStore(interceptors: [new Lenient()]);
        await using var context = store.NewContext();
        var (late, other) = (new Setting { Key = $"gone {alone}" }, new Setting { Key = $"there {alone}" });
        context.AddRange(late, other);
        await context.SaveChangesAsync(Cancellation);
        await context.Settings.Where(s => s.Key == late.Key).ExecuteDeleteAsync(Cancellation);
        await store.TakeEventsAsync();

        late.Value = "too late";
        other.Value = alone ? other.Value : "in time";
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(alone ? [] : [other.Key], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_that_an_interceptor_makes_after_a_save_comes_after_it(bool isBefore)
    {
        var acting = new Acting { Saved = ChangeSettingAsync };
        var store = isBefore ? fixture.CreateStore(before: [acting]) : fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = $"twice {isBefore}", Value = "a" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["setting__created", "setting__updated"], await store.TakeNamesAsync());
    }

    [Fact]
    public virtual async Task An_earlier_interceptor_that_fails_after_a_save_makes_the_transaction_impossible_to_commit()
    {
        var store = fixture.CreateStore(before: [new Acting { Saved = _ => throw new FormatException("too late") }]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = "written but not told" });
        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => transaction.CommitAsync(Cancellation));

        Assert.Empty(await store.TakeEventsAsync());
        Assert.False(await context.Settings.AnyAsync(s => s.Key == "written but not told", Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interceptor_that_fails_after_a_save_does_not_take_back_what_is_committed(bool isBefore)
    {
        var acting = new Acting { Saved = _ => throw new FormatException("too late") };
        var store = isBefore ? fixture.CreateStore(before: [acting]) : fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();
        var setting = new Setting { Key = $"told {isBefore}" };

        context.Add(setting);
        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        setting.Value = "next";
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created", "setting__updated"], await store.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interceptor_may_put_a_transaction_around_each_save(bool isBefore)
    {
        var acting = new Acting
        {
            Saving = context => context.Database.BeginTransaction(),
            Saved = context => context.Database.CommitTransactionAsync(Cancellation),
        };
        var store = isBefore ? fixture.CreateStore(before: [acting]) : fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = $"around {isBefore}" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Null(context.Database.CurrentTransaction);
        Assert.Equal([$"around {isBefore}"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    /// <summary>Goes on where somebody else has changed a row.</summary>
    private sealed class Lenient : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(
            ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            new(InterceptionResult.Suppress());
    }

    private static void AddLate(DbContext context) => context.Add(new Setting { Key = $"late {Guid.CreateVersion7()}" });

    private static void Refuse(DbContext context) => throw new FormatException("refused");

    private static async Task ChangeSettingAsync(DbContext context)
    {
        context.ChangeTracker.Entries<Setting>().Single().Entity.Value = "b";
        await context.SaveChangesAsync(Cancellation);
    }
}
