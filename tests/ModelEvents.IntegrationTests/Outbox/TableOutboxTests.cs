using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class TableOutboxTests : OutboxContract
{
    private protected override void AddOutbox(IServiceCollection services) => services.AddKeyedSingleton<IOutbox>(
        typeof(ParcelContext),
        (provider, context) => ActivatorUtilities.CreateInstance<TableOutbox>(provider, context!));
}
