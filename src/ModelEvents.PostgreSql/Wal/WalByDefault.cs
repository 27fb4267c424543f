using Microsoft.Extensions.Options;

namespace ModelEvents.Outbox;

/// <summary>Makes the log the default of <c>Delivery</c>.</summary>
internal sealed class WalByDefault : IConfigureOptions<ModelEventsOptions>
{
    public void Configure(ModelEventsOptions options) => options.Delivery = DeliveryMode.Wal;
}
