using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.LogCapture;

/// <summary>The contract of capture, with the log as the source. What differs says why; the README lists it.</summary>
public sealed class LogChangeTests(LogStoreFixture fixture) : ChangeContract<LogStoreFixture>(fixture)
{
    /// <summary>The log has the row before whatever EF Core knew.</summary>
    protected override string ChangedOfDetached => "value";

    /// <summary>What a context has loaded is not in the log.</summary>
    protected override bool TellsLoadedLinks => false;
}

public sealed class LogBodyTests(LogStoreFixture fixture) : BodyContract<LogStoreFixture>(fixture);

public sealed class LogCommitTests(LogStoreFixture fixture) : CommitContract<LogStoreFixture>(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override IEnumerable<string> ToldOfAnotherWriter => ["order__updated"];

    /// <summary>The change is committed by then: its event is parked, and others flow.</summary>
    public override async Task A_serializer_that_throws_fails_the_save_and_leaves_nothing_half_written()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "poison", Lines = { new OrderLine { Article = OrderLineSerializer.Poison } } };

        context.Add(order);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["order__new"], await store.TakeNamesAsync());
        var parked = Assert.Single(await TakeParkedAsync(store));
        Assert.Equal(("order_line__created", $"{order.Lines[0].Id}"), (parked.Event.Name, parked.Event.Key));
        Assert.Contains(typeof(OrderLineSerializer).FullName!, parked.Error, StringComparison.Ordinal);
    }

    /// <inheritdoc cref="A_serializer_that_throws_fails_the_save_and_leaves_nothing_half_written"/>
    public override async Task A_serializer_that_throws_in_the_users_transaction_makes_it_impossible_to_commit()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "parked", Lines = { new OrderLine { Article = OrderLineSerializer.Poison } } };
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["order__new"], await store.TakeNamesAsync());
        Assert.Single(await TakeParkedAsync(store));
    }

    /// <inheritdoc cref="A_serializer_that_throws_fails_the_save_and_leaves_nothing_half_written"/>
    public override async Task A_connection_that_does_not_enlist_commits_rows_and_events_together()
    {
        var store = NotEnlisting();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.Add(new Order { Number = "not enlisted", Lines = { new OrderLine { Article = OrderLineSerializer.Poison } } });
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(["order__new"], await store.TakeNamesAsync());
        Assert.Single(await TakeParkedAsync(store));
    }

    private static async Task<IReadOnlyList<ParkedEvent>> TakeParkedAsync(CapturedStore store)
    {
        var outbox = store.Services.GetRequiredService<IOutboxReader>();
        var parked = await outbox.ListParkedAsync(10, Cancellation);
        await outbox.DiscardParkedAsync([.. parked.Select(one => one.Event.Id)], Cancellation);
        return parked;
    }
}

public sealed class LogCommitOrderTests(LogStoreFixture fixture) : CommitOrderContract<LogStoreFixture>(fixture);

public sealed class LogInterceptorTests(LogStoreFixture fixture) : InterceptorContract<LogStoreFixture>(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is committed is told: there is no event that could have been missed.</summary>
    public override async Task An_earlier_interceptor_that_fails_after_a_save_makes_the_transaction_impossible_to_commit()
    {
        var store = Fixture.CreateStore(before: [new Acting { Saved = _ => throw new FormatException("too late") }]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = "written and told" });
        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["written and told"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }
}

public sealed class LogMappingTests : MappingContract
{
    /// <inheritdoc cref="LogChangeTests.ChangedOfDetached"/>
    protected override string ChangedOfDetached => "holes";

    protected override void Configure(ModelEventsOptions options) => options.Capture = CaptureSource.Log;

    protected override Task PrepareAsync() =>
        Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);

    protected override Task<IReadOnlyList<ModelEvent>> EventsAsync() => LogEnd.TakeEventsAsync(Services);
}

public sealed class LogEntityTypeTests : EntityTypeContract
{
    protected override void Configure(ModelEventsOptions options) => options.Capture = CaptureSource.Log;

    protected override Task PrepareAsync() =>
        Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);

    protected override Task<IReadOnlyList<ModelEvent>> TakeAsync() => LogEnd.TakeEventsAsync(Services);
}
