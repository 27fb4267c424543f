using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) => capture.UsePostgreSql();
}

public sealed class PostgreSqlCommitTests(PostgreSqlFixture fixture) : CommitContract<PostgreSqlFixture>(fixture);
