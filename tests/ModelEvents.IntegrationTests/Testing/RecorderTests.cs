using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Testing;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Testing;

/// <summary>The recorder follows transactions on PostgreSQL, in a database that has no outbox table.</summary>
public sealed class RecorderTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    private CapturedStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ModelEventRecorder Recorder => _store.Services.GetRequiredService<ModelEventRecorder>();

    public async ValueTask InitializeAsync()
    {
        _store = Store();
        await using var context = _store.NewContext();
        await context.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS model_events_outbox", Cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_is_recorded_and_committed_at_once(bool isAsync)
    {
        await using var context = _store.NewContext();
        context.Add(NewSetting());
        _ = isAsync ? await context.SaveChangesAsync(Cancellation) : context.SaveChanges();

        Assert.Equal(RecordedState.Committed, Recorder.Single("setting__created").State);
    }

    [Fact]
    public async Task A_save_in_a_transaction_is_recorded_before_the_commit_and_follows_it()
    {
        await using var context = _store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        context.Add(NewSetting());
        await context.SaveChangesAsync(Cancellation);
        var created = await Recorder.WaitForAsync("setting__created", cancellationToken: Cancellation);
        var committing = Recorder.WaitForCommittedAsync("setting__created", cancellationToken: Cancellation);
        Assert.Equal(RecordedState.Saved, created.State);
        Assert.False(committing.IsCompleted);

        await transaction.CommitAsync(Cancellation);

        Assert.Same(created, await committing);
        Assert.Equal(RecordedState.Committed, created.State);
    }

    [Fact]
    public async Task A_test_that_rolls_its_transaction_back_sees_what_would_be_published_until_then()
    {
        await using var context = _store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var setting = NewSetting();
        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        setting.Value = "changed";
        await context.SaveChangesAsync(Cancellation);
        Recorder.AssertNames("setting__created", "setting__updated");

        await transaction.RollbackAsync(Cancellation);

        Recorder.AssertNothing();
        Assert.Equal(
            [RecordedState.RolledBack, RecordedState.RolledBack], Recorder.Events.Select(recorded => recorded.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_left_without_a_commit_is_rolled_back_when_its_context_goes_on_or_ends(bool goesOn)
    {
        await using (var context = _store.NewContext())
        {
            await using (await context.Database.BeginTransactionAsync(Cancellation))
            {
                context.Add(NewSetting());
                await context.SaveChangesAsync(Cancellation);
            }

            if (goesOn)
                await using (await context.Database.BeginTransactionAsync(Cancellation))
                    Assert.Equal(RecordedState.RolledBack, Assert.Single(Recorder.Events).State);
        }

        Assert.Equal(RecordedState.RolledBack, Assert.Single(Recorder.Events).State);
    }

    [Fact]
    public async Task A_savepoint_takes_back_what_came_after_it()
    {
        await using var context = _store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var (kept, dropped) = (NewSetting(), NewSetting());
        context.Add(kept);
        await context.SaveChangesAsync(Cancellation);
        await transaction.CreateSavepointAsync("here", Cancellation);
        context.Add(dropped);
        await context.SaveChangesAsync(Cancellation);
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(
            [(kept.Key, RecordedState.Committed), (dropped.Key, RecordedState.RolledBack)],
            Recorder.Events.Select(recorded => (recorded.Key, recorded.State)));
    }

    [Theory]
    [InlineData(true, RecordedState.Committed)]
    [InlineData(false, RecordedState.RolledBack)]
    public async Task A_TransactionScope_is_followed_also_after_its_contexts(bool completes, RecordedState expected)
    {
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using (var context = _store.NewContext())
            {
                context.Add(NewSetting());
                await context.SaveChangesAsync(Cancellation);
            }

            Assert.Equal(RecordedState.Saved, Assert.Single(Recorder.Events).State);
            if (completes)
                scope.Complete();
        }

        Assert.Equal(expected, Assert.Single(Recorder.Events).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_that_is_tried_again_is_recorded_once(bool atCommit)
    {
        var fault = new TransientFault(atCommit);
        _store = Store(options => fixture.Configure(options, [fault], retry: true));
        await using var context = _store.NewContext();
        context.Add(NewSetting());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(1, fault.Failures);
        Assert.Equal(RecordedState.Committed, Assert.Single(Recorder.Events).State);
    }

    [Fact]
    public async Task A_save_that_fails_records_nothing_that_counts()
    {
        await using var context = _store.NewContext();
        var setting = NewSetting();
        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        Recorder.Clear();
        context.ChangeTracker.Clear();
        context.Add(new Setting { Key = setting.Key });

        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));

        Recorder.AssertNothing();
    }

    [Fact]
    public async Task The_model_of_the_context_is_as_without_a_recorder_so_that_migrations_still_fit_it()
    {
        await using var context = _store.NewContext();

        Assert.Equal("model_events_outbox", context.Model.FindEntityType(typeof(OutboxRow))?.GetTableName());
    }

    private static Setting NewSetting() => new() { Key = $"{Guid.CreateVersion7()}" };

    private CapturedStore Store(Action<DbContextOptionsBuilder>? configure = null) => fixture.CreateStore(
        register: services => services.AddModelEventRecorder()
            .AddDbContext<StoreContext>(configure ?? (options => fixture.Configure(options))));
}
