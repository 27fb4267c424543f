using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Gigs;
using ModelEvents.Tests.LogCapture;

namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlProxyTests : ProxyContract
{
    protected override void UseOutbox(CaptureBuilder<GigContext> capture) => capture.UsePostgreSql();
}

public sealed class TableProxyTests : ProxyContract
{
    protected override void UseOutbox(CaptureBuilder<GigContext> capture)
    {
    }
}

public sealed class DirectProxyTests : ProxyContract
{
    protected override void UseOutbox(CaptureBuilder<GigContext> capture)
    {
    }

    protected override void Configure(ModelEventsOptions options) => options.Delivery = DeliveryMode.Direct;
}

public sealed class LogProxyTests : ProxyContract
{
    protected override bool HasRules => false;

    protected override void UseOutbox(CaptureBuilder<GigContext> capture) => capture.UsePostgreSqlWal();

    protected override void Configure(ModelEventsOptions options)
    {
        options.Capture = CaptureSource.Log;
        options.Model<Band>(model => model.LoadNavigations("Gigs"));
    }

    protected override Task PrepareAsync(IServiceProvider services) =>
        services.GetRequiredService<IModelEventLog>().SetUpAsync();

    protected override Task<IReadOnlyList<ModelEvent>> TakeAsync(IServiceProvider services) =>
        LogEnd.TakeEventsAsync(services);
}
