using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) => capture.UsePostgreSql();
}

/// <summary>The portable outbox, which a relational provider gets when none is chosen.</summary>
public sealed class TableFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture)
    {
    }
}

/// <summary>Delivery from the write-ahead log, whose slot must be there before the first save.</summary>
public sealed class WalFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) => capture.UsePostgreSqlWal();

    private protected override Task PrepareAsync(CapturedStore store) => store.TakeEventsAsync();
}

/// <summary>Delivery from memory on a relational provider.</summary>
public sealed class DirectFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) =>
        capture.Services.Configure<ModelEventsOptions>(options => options.Delivery = DeliveryMode.Direct);
}

/// <summary>The same where each change has receivers, before and after it.</summary>
public sealed class ReceivedFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture)
    {
        capture.UsePostgreSql();
        capture.Services.AddModelReceiver<Onlooker>();
    }

    private sealed class Onlooker : IBeforeSave<object>, IAfterSave<object>, IAfterDelete<object>
    {
        public Task BeforeSaveAsync(object model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task AfterSaveAsync(object model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task AfterDeleteAsync(object model, DeleteContext deletion, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}

public sealed class ReceivedInterceptorTests(ReceivedFixture fixture) : InterceptorContract<ReceivedFixture>(fixture);

public sealed class ReceivedCommitTests(ReceivedFixture fixture) : CommitContract<ReceivedFixture>(fixture)
{
    /// <summary>Receivers after a save are called in its transaction, whether a model is listed or not.</summary>
    protected override int TransactionsOfUnlistedModels => 1;

    protected override bool IsOneStatement => false;
}

public sealed class PostgreSqlInterceptorTests(PostgreSqlFixture fixture)
    : InterceptorContract<PostgreSqlFixture>(fixture);

public sealed class WalInterceptorTests(WalFixture fixture) : InterceptorContract<WalFixture>(fixture);

public sealed class TableInterceptorTests(TableFixture fixture) : InterceptorContract<TableFixture>(fixture);

public sealed class DirectInterceptorTests(DirectFixture fixture) : InterceptorContract<DirectFixture>(fixture);

public sealed class PostgreSqlCommitTests(PostgreSqlFixture fixture) : CommitContract<PostgreSqlFixture>(fixture);

public sealed class WalCommitTests(WalFixture fixture) : CommitContract<WalFixture>(fixture);

public sealed class TableCommitTests(TableFixture fixture) : CommitContract<TableFixture>(fixture)
{
    protected override bool IsOneStatement => false;
}

public sealed class DirectCommitTests(DirectFixture fixture) : CommitContract<DirectFixture>(fixture)
{
    protected override bool IsOneStatement => false;
}

public sealed class PostgreSqlCommitOrderTests(PostgreSqlFixture fixture)
    : CommitOrderContract<PostgreSqlFixture>(fixture);

public sealed class WalCommitOrderTests(WalFixture fixture) : CommitOrderContract<WalFixture>(fixture);

public sealed class TableCommitOrderTests(TableFixture fixture) : CommitOrderContract<TableFixture>(fixture);

public sealed class DirectCommitOrderTests(DirectFixture fixture) : CommitOrderContract<DirectFixture>(fixture);

public sealed class ChangeTests(PostgreSqlFixture fixture) : ChangeContract<PostgreSqlFixture>(fixture);

public sealed class BodyTests(PostgreSqlFixture fixture) : BodyContract<PostgreSqlFixture>(fixture);

public sealed class MappingTests : MappingContract
{
    protected override void Configure(ModelEventsOptions options) => options.Delivery = DeliveryMode.Outbox;
}
