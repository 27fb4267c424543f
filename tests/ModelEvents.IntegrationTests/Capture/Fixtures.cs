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

/// <summary>Delivery from memory on a relational provider.</summary>
public sealed class DirectFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) =>
        capture.Services.Configure<ModelEventsOptions>(options => options.Delivery = DeliveryMode.Direct);
}

public sealed class PostgreSqlInterceptorTests(PostgreSqlFixture fixture)
    : InterceptorContract<PostgreSqlFixture>(fixture);

public sealed class TableInterceptorTests(TableFixture fixture) : InterceptorContract<TableFixture>(fixture);

public sealed class DirectInterceptorTests(DirectFixture fixture) : InterceptorContract<DirectFixture>(fixture);

public sealed class PostgreSqlCommitTests(PostgreSqlFixture fixture) : CommitContract<PostgreSqlFixture>(fixture);

public sealed class TableCommitTests(TableFixture fixture) : CommitContract<TableFixture>(fixture);

public sealed class DirectCommitTests(DirectFixture fixture) : CommitContract<DirectFixture>(fixture);
