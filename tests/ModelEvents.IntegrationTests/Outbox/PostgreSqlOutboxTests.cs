using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Outbox;

public sealed class PostgreSqlOutboxTests : OutboxContract
{
    private protected override void AddOutbox(IServiceCollection services) =>
        new CaptureBuilder<ParcelContext>(services).UsePostgreSql();
}
